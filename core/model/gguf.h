#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/model/tensor_type.h"

namespace hwledger {

// An array in a header. The elements of long arrays and of arrays of strings (a
// vocabulary) are skipped: `integers` is then empty, `length` is right.
struct GgufArray {
  int64_t length = 0;
  std::vector<int64_t> integers;  // Also of booleans, as 0 and 1.
};

// Unsigned values beyond 2^63-1 are stored as 2^63-1.
using GgufValue = std::variant<bool, int64_t, double, std::string, GgufArray>;

struct GgufTensor {
  std::string name;
  const TensorType* type = nullptr;
  // 1 to 4 of them, each at least 1; the first is the contiguous one.
  std::vector<int64_t> dimensions;
  // From the start of the tensor data.
  int64_t offset = 0;

  int64_t element_count() const;
  Bytes size() const;
  // 7 of "blk.7.attn_q.weight"; nothing for a tensor outside the blocks.
  std::optional<int64_t> block() const;
};

// What a GGUF file says about its model: everything but the tensors' data. A
// catalogue model is such a header without a file.
struct GgufHeader {
  std::map<std::string, GgufValue, std::less<>> metadata;
  std::vector<GgufTensor> tensors;

  // The value of a key; nothing where it is absent or of another kind.
  std::optional<int64_t> Integer(std::string_view key) const;
  std::optional<double> Real(std::string_view key) const;
  std::optional<std::string> Text(std::string_view key) const;
  const GgufArray* Array(std::string_view key) const;
};

// Gives every tensor the offset that it has in a file: in the order given, one
// after the other.
void PlaceTensors(GgufHeader& header);

// Reads the header of the file at `path`; of a split model, of all its parts.
// Memory stays bounded whatever the file holds.
//
// NotFound: no such file. InvalidArgument: a directory. PermissionDenied:
// cannot be read. DataLoss: damaged, says where; or not a GGUF file.
absl::StatusOr<GgufHeader> ReadGguf(const std::string& path);

// The same from memory, for one file of `file_size` bytes of which `bytes` are
// the first.
absl::StatusOr<GgufHeader> ParseGguf(std::string_view bytes, int64_t file_size);

}  // namespace hwledger
