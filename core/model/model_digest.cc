#include "core/model/model_digest.h"

#include <bit>
#include <cstdint>
#include <string_view>
#include <variant>

#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

class Fnv1a {
 public:
  void Add(std::string_view text) {
    Add(std::ssize(text));  // Or "ab", "c" would be as "a", "bc".
    for (const char c : text) AddByte(static_cast<uint8_t>(c));
  }
  void Add(int64_t number) {
    auto bits = static_cast<uint64_t>(number);
    for (int i = 0; i < 8; ++i, bits >>= 8) {
      AddByte(static_cast<uint8_t>(bits & 0xff));
    }
  }
  uint64_t value() const { return value_; }

 private:
  void AddByte(uint8_t byte) { value_ = (value_ ^ byte) * 0x100000001b3; }

  uint64_t value_ = 0xcbf29ce484222325;
};

struct AddValue {
  Fnv1a& hash;

  void operator()(bool value) const { hash.Add(int64_t{value}); }
  void operator()(int64_t value) const { hash.Add(value); }
  void operator()(double value) const {
    hash.Add(std::bit_cast<int64_t>(value));
  }
  void operator()(const std::string& value) const { hash.Add(value); }
  void operator()(const GgufArray& value) const {
    hash.Add(value.length);
    for (const int64_t element : value.integers) hash.Add(element);
  }
};

}  // namespace

std::string ModelDigest(const GgufHeader& header) {
  Fnv1a hash;
  for (const auto& [key, value] : header.metadata) {
    hash.Add(key);
    hash.Add(static_cast<int64_t>(value.index()));
    std::visit(AddValue{hash}, value);
  }
  for (const GgufTensor& tensor : header.tensors) {
    hash.Add(tensor.name);
    hash.Add(tensor.type->name);
    for (const int64_t dimension : tensor.dimensions) hash.Add(dimension);
    hash.Add(tensor.offset);
  }
  return absl::StrFormat("%016x", hash.value());
}

}  // namespace hwledger
