#include "core/model/gguf_parser.h"

#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/model/gguf_value.h"

namespace hwledger {
namespace {

// Far above any model's, far below what would hurt: the largest have some
// hundred keys and a few thousand tensors.
constexpr uint64_t kKeysMax = 4096;
constexpr uint64_t kTensorsMax = 65536;
// Of keys and values in memory. Real ones take some kilobytes, and a chat
// template some tens.
constexpr int64_t kKeptBytesMax = 8 << 20;
// The format's limit, and ggml's GGML_MAX_NAME and GGML_MAX_DIMS.
constexpr int64_t kKeyBytesMax = 65535;
constexpr int64_t kTensorNameBytesMax = 63;
constexpr uint32_t kDimensionsMax = 4;
constexpr std::string_view kAlignmentKey = "general.alignment";
constexpr int64_t kAlignmentDefault = 32;
constexpr size_t kShownMax = 80;

// Of a name from a file, what an error message shows.
std::string Shown(std::string_view name) {
  return absl::StrCat("'", absl::CHexEscape(name.substr(0, kShownMax)),
                      name.size() > kShownMax ? "...'" : "'");
}

absl::Status Within(const absl::Status& status, std::string_view what,
                    std::string_view name) {
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat(status.message(), ", ", what,
                                                  " ", Shown(name)));
}

absl::Status CheckMagicAndVersion(ByteReader& reader) {
  if (reader.left() == 0) {
    return absl::DataLossError("not a GGUF file: it is empty");
  }
  char magic[4] = {};
  if (reader.left() >= 4) {
    ABSL_RETURN_IF_ERROR(reader.Read(absl::MakeSpan(magic)));
  }
  if (std::string_view(magic, 4) != "GGUF") {
    return absl::DataLossError(absl::StrCat("not a GGUF file: starts with ",
                                            Shown(std::string_view(magic, 4))));
  }
  ABSL_ASSIGN_OR_RETURN(const uint32_t version, reader.Number<uint32_t>());
  if (version == 2 || version == 3) return absl::OkStatus();
  if (version != 0 && version % 65536 == 0) {
    return absl::DataLossError(
        "a big-endian GGUF file; only little-endian ones can be read");
  }
  return absl::DataLossError(absl::StrFormat(
      "unknown GGUF version %d; versions 2 and 3 can be read", version));
}

absl::StatusOr<uint64_t> ReadCount(ByteReader& reader, uint64_t count_max,
                                   std::string_view what) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const uint64_t count, reader.Number<uint64_t>());
  if (count <= count_max) return count;
  return absl::DataLossError(
      absl::StrFormat("more %s than any model has: offset %d, %d of at most %d",
                      what, start, count, count_max));
}

int64_t KeptBytes(const GgufValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return std::ssize(*text);
  }
  const auto* array = std::get_if<GgufArray>(&value);
  return array == nullptr ? 0 : std::ssize(array->integers) * 8;
}

// Adds what it keeps to `kept`.
absl::Status ReadKey(ByteReader& reader, GgufHeader& header, int64_t& kept) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(std::string key,
                        ReadGgufText(reader, kKeyBytesMax, "a key"));
  if (key.empty()) {
    return absl::DataLossError(
        absl::StrFormat("a key without a name: offset %d", start));
  }
  if (header.metadata.contains(key)) {
    return absl::DataLossError(
        absl::StrFormat("a key twice: offset %d, key %s", start, Shown(key)));
  }
  absl::StatusOr<std::optional<GgufValue>> value = ReadGgufValue(reader);
  if (!value.ok()) return Within(value.status(), "key", key);
  if (!value->has_value()) return absl::OkStatus();
  kept += std::ssize(key) + KeptBytes(**value);
  if (kept > kKeptBytesMax) {
    return Within(
        absl::DataLossError(absl::StrFormat(
            "keys and values take more than any model's: offset %d, %d bytes "
            "of at most %d",
            start, kept, kKeptBytesMax)),
        "key", key);
  }
  header.metadata.emplace(std::move(key), *std::move(*value));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> AlignmentOf(const GgufHeader& header) {
  if (!header.metadata.contains(kAlignmentKey)) return kAlignmentDefault;
  const int64_t alignment = header.Integer(kAlignmentKey).value_or(0);
  // GGUF stores it in 32 bits.
  if (alignment > 0 && alignment < int64_t{1} << 32 &&
      (alignment & (alignment - 1)) == 0) {
    return alignment;
  }
  return absl::DataLossError(
      absl::StrFormat("alignment is not a power of two: %d, key '%s'",
                      alignment, kAlignmentKey));
}

absl::Status ReadDimensions(ByteReader& reader, GgufTensor& tensor) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const uint32_t count, reader.Number<uint32_t>());
  if (count < 1 || count > kDimensionsMax) {
    return absl::DataLossError(absl::StrFormat(
        "a tensor must have 1 to %d dimensions: offset %d, %d dimensions",
        kDimensionsMax, start, count));
  }
  for (uint32_t i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(const int64_t dimension, reader.Number<int64_t>());
    if (dimension < 1) {
      return absl::DataLossError(absl::StrFormat(
          "a tensor's dimension must be positive: offset %d, dimension %d",
          reader.offset() - 8, dimension));
    }
    tensor.dimensions.push_back(dimension);
  }
  return absl::OkStatus();
}

absl::Status ReadTypeAndOffset(ByteReader& reader, GgufTensor& tensor) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const int32_t type, reader.Number<int32_t>());
  tensor.type = FindTensorType(type);
  if (tensor.type == nullptr) {
    return absl::DataLossError(absl::StrFormat(
        "unknown type of tensor: offset %d, type %d", start, type));
  }
  if (tensor.dimensions[0] % tensor.type->block_elements != 0) {
    return absl::DataLossError(absl::StrFormat(
        "a tensor's row is not made of whole blocks: offset %d, %d elements, "
        "blocks of %d",
        start, tensor.dimensions[0], tensor.type->block_elements));
  }
  // One that does not fit is negative here, and refused by CheckPlaces.
  ABSL_ASSIGN_OR_RETURN(tensor.offset, reader.Number<int64_t>());
  return absl::OkStatus();
}

absl::StatusOr<GgufTensor> ReadTensor(ByteReader& reader) {
  GgufTensor tensor;
  ABSL_ASSIGN_OR_RETURN(
      tensor.name, ReadGgufText(reader, kTensorNameBytesMax, "a tensor name"));
  absl::Status status = ReadDimensions(reader, tensor);
  if (status.ok()) status = ReadTypeAndOffset(reader, tensor);
  if (!status.ok()) return Within(status, "tensor", tensor.name);
  return tensor;
}

int64_t PaddingAfter(int64_t size, int64_t alignment) {
  return (alignment - size % alignment) % alignment;
}

// As ggml does, asks that the tensors' data follow each other in the order of
// the header without gaps but for alignment: so none overlaps another, and all
// together are no larger than the file.
absl::Status CheckPlaces(const GgufHeader& header, int64_t alignment,
                         Bytes data) {
  Bytes next;
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.offset != next.count()) {
      return Within(absl::DataLossError(absl::StrFormat(
                        "a tensor is not where the one before it ends: tensor "
                        "offset %d, expected %d",
                        tensor.offset, next.count())),
                    "tensor", tensor.name);
    }
    next += tensor.size();
    if (next > data) {
      return Within(
          absl::DataLossError(absl::StrFormat(
              "a tensor reaches past the end of the file: tensor offset %d, "
              "%d bytes, the data has %d",
              tensor.offset, tensor.size().count(), data.count())),
          "tensor", tensor.name);
    }
    next += Bytes(PaddingAfter(next.count(), alignment));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GgufHeader> ParseGgufHeader(ByteReader& reader) {
  ABSL_RETURN_IF_ERROR(CheckMagicAndVersion(reader));
  ABSL_ASSIGN_OR_RETURN(const uint64_t tensor_count,
                        ReadCount(reader, kTensorsMax, "tensors"));
  ABSL_ASSIGN_OR_RETURN(const uint64_t key_count,
                        ReadCount(reader, kKeysMax, "keys"));
  GgufHeader header;
  int64_t kept = 0;
  for (uint64_t i = 0; i < key_count; ++i) {
    ABSL_RETURN_IF_ERROR(ReadKey(reader, header, kept));
  }
  ABSL_ASSIGN_OR_RETURN(const int64_t alignment, AlignmentOf(header));
  std::set<std::string> names;
  for (uint64_t i = 0; i < tensor_count; ++i) {
    const int64_t start = reader.offset();
    ABSL_ASSIGN_OR_RETURN(GgufTensor tensor, ReadTensor(reader));
    if (!names.insert(tensor.name).second) {
      return absl::DataLossError(absl::StrFormat(
          "a tensor twice: offset %d, tensor %s", start, Shown(tensor.name)));
    }
    header.tensors.push_back(std::move(tensor));
  }
  const int64_t data_start =
      reader.offset() + PaddingAfter(reader.offset(), alignment);
  const Bytes data = Bytes(reader.size()) - Bytes(data_start);
  ABSL_RETURN_IF_ERROR(CheckPlaces(header, alignment, data));
  return header;
}

}  // namespace hwledger
