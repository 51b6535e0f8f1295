#include "core/model/safetensors_header.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

using Kind = JsonEvent::Kind;

// The largest checkpoints have some 200,000 tensors, in dozens of files.
constexpr size_t kTensorsMax = 131072;
constexpr size_t kNameBytesMax = 16 << 20;  // Of all names.

constexpr std::string_view kMetadataName = "__metadata__";

constexpr SafetensorsDtype kDtypes[] = {
    {"BOOL", 8},        {"F4", 4},          {"F6_E2M3", 6}, {"F6_E3M2", 6},
    {"U8", 8},          {"I8", 8},          {"F8_E5M2", 8}, {"F8_E4M3", 8},
    {"F8_E8M0", 8},     {"F8_E4M3FNUZ", 8}, {"I16", 16},    {"U16", 16},
    {"F8_E5M2FNUZ", 8}, {"F16", 16},        {"BF16", 16},   {"I32", 32},
    {"U32", 32},        {"F32", 32},        {"C64", 64},    {"F64", 64},
    {"I64", 64},        {"U64", 64}};

const SafetensorsDtype* FindDtype(std::string_view name) {
  for (const SafetensorsDtype& dtype : kDtypes) {
    if (dtype.name == name) return &dtype;
  }
  return nullptr;
}

// Those that llama.cpp's converter passes over in every model (conversion/
// base.py, prepare_tensors).
bool IsConstant(std::string_view name) {
  return absl::EndsWith(name, ".attention.masked_bias") ||
         absl::EndsWith(name, ".attention.bias") ||
         absl::EndsWith(name, ".rotary_emb.inv_freq");
}

}  // namespace

absl::Status SafetensorsHeader::Take(JsonEvent event) {
  if (event.depth == 0) {
    return event.kind == Kind::kObject || event.kind == Kind::kObjectEnd
               ? absl::OkStatus()
               : absl::DataLossError("the header is not a JSON object");
  }
  if (event.depth == 1 && event.kind == Kind::kKey) {
    return Begin(std::move(event.text));
  }
  if (tensor_.name == kMetadataName) return absl::OkStatus();
  if (event.depth == 1) {
    if (event.kind == Kind::kObject) return absl::OkStatus();
    if (event.kind == Kind::kObjectEnd) return End();
    return Refuse("a tensor is not described by a JSON object");
  }
  if (event.depth == 2 && event.kind == Kind::kKey) {
    field_ = std::move(event.text);
    return absl::OkStatus();
  }
  return TakeValue(event);
}

absl::Status SafetensorsHeader::Begin(std::string name) {
  tensor_ = {.name = std::move(name)};
  field_.clear();
  name_bytes_ += tensor_.name.size();
  if (names_.size() == kTensorsMax || name_bytes_ > kNameBytesMax) {
    return absl::DataLossError(absl::StrFormat(
        "more tensors than any file has: at most %d, their names %d bytes",
        kTensorsMax, kNameBytesMax));
  }
  return names_.insert(tensor_.name).second ? absl::OkStatus()
                                            : Refuse("a tensor twice");
}

absl::Status SafetensorsHeader::TakeValue(const JsonEvent& event) {
  const bool in_list = event.depth == 3 && event.kind == Kind::kCount;
  const bool is_list = event.depth == 2 && (event.kind == Kind::kArray ||
                                            event.kind == Kind::kArrayEnd);
  if (field_ == "dtype") return TakeDtype(event);
  if (field_ == "shape") {
    tensor_.has_shape = true;
    if (in_list) return TakeDimension(event.count);
    return is_list ? absl::OkStatus()
                   : Refuse("a shape is not a list of whole numbers");
  }
  if (field_ == "data_offsets") {
    if (in_list && tensor_.offsets.size() < 2) {
      tensor_.offsets.push_back(event.count);
      return absl::OkStatus();
    }
    return is_list ? absl::OkStatus()
                   : Refuse("data_offsets are not two whole numbers");
  }
  return absl::OkStatus();
}

absl::Status SafetensorsHeader::TakeDtype(const JsonEvent& event) {
  if (event.depth != 2 || event.kind != Kind::kText) {
    return Refuse("a dtype is not a text");
  }
  tensor_.dtype = FindDtype(event.text);
  if (tensor_.dtype != nullptr) return absl::OkStatus();
  return Refuse(
      absl::StrFormat("unknown dtype '%s'", event.text.substr(0, 16)));
}

absl::Status SafetensorsHeader::TakeDimension(int64_t dimension) {
  if (__builtin_mul_overflow(tensor_.element_count, dimension,
                             &tensor_.element_count)) {
    return Refuse("more elements than can be counted");
  }
  return absl::OkStatus();
}

absl::Status SafetensorsHeader::End() {
  if (tensor_.dtype == nullptr || !tensor_.has_shape ||
      tensor_.offsets.size() != 2) {
    return Refuse("a tensor needs dtype, shape and two data_offsets");
  }
  int64_t bits = 0;
  if (__builtin_mul_overflow(tensor_.element_count, tensor_.dtype->bits,
                             &bits) ||
      bits % 8 != 0) {
    return Refuse(absl::StrFormat("%d elements of %d bits are no whole bytes",
                                  tensor_.element_count, tensor_.dtype->bits));
  }
  const int64_t begin = tensor_.offsets[0];
  const int64_t end = tensor_.offsets[1];
  if (end < begin || end - begin != bits / 8) {
    return Refuse(
        absl::StrFormat("shape and dtype make %d bytes, where data_offsets are "
                        "%d and %d",
                        bits / 8, begin, end));
  }
  spans_.push_back({.begin = begin,
                    .end = end,
                    .element_count = tensor_.element_count,
                    .dtype = tensor_.dtype,
                    .is_constant = IsConstant(tensor_.name)});
  return absl::OkStatus();
}

absl::Status SafetensorsHeader::Refuse(std::string_view why) const {
  constexpr size_t shown_max = 200;
  return absl::DataLossError(absl::StrFormat(
      "%s: tensor '%s'", why, tensor_.name.substr(0, shown_max)));
}

std::vector<SafetensorsSpan> SafetensorsHeader::Spans() && {
  std::ranges::sort(spans_, {}, [](const SafetensorsSpan& span) {
    return std::make_pair(span.begin, span.end);
  });
  return std::move(spans_);
}

}  // namespace hwledger
