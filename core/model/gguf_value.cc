#include "core/model/gguf_value.h"

#include <algorithm>
#include <limits>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

// Longer text (a whole tokenizer as JSON) says nothing about memory.
constexpr int64_t kTextBytesMax = 1 << 20;
// Per-layer arrays are as long as the model is deep; vocabularies are longer.
constexpr uint64_t kArrayElementsMax = 1024;
constexpr uint64_t kIntegerMax = std::numeric_limits<int64_t>::max();

enum ValueType : uint32_t {
  kUint8 = 0,
  kInt8 = 1,
  kUint16 = 2,
  kInt16 = 3,
  kUint32 = 4,
  kInt32 = 5,
  kFloat32 = 6,
  kBool = 7,
  kText = 8,
  kArray = 9,
  kUint64 = 10,
  kInt64 = 11,
  kFloat64 = 12,
};

// The least that a value takes: of a text, its length. 0: no such type, or an
// array.
uint64_t BytesMin(uint32_t type) {
  switch (type) {
    case kUint8:
    case kInt8:
    case kBool:
      return 1;
    case kUint16:
    case kInt16:
      return 2;
    case kUint32:
    case kInt32:
    case kFloat32:
      return 4;
    case kUint64:
    case kInt64:
    case kFloat64:
    case kText:
      return 8;
    default:
      return 0;
  }
}

absl::Status UnknownType(int64_t offset, uint32_t type) {
  return absl::DataLossError(absl::StrFormat(
      "unknown type of value: offset %d, type %d", offset, type));
}

absl::StatusOr<int64_t> ReadInteger(ByteReader& reader, uint32_t type) {
  uint64_t bits = 0;
  const uint64_t size = BytesMin(type);
  ABSL_RETURN_IF_ERROR(
      reader.Read(absl::MakeSpan(reinterpret_cast<char*>(&bits), size)));
  if (type == kBool) return bits != 0 ? 1 : 0;
  if (type == kInt8 || type == kInt16 || type == kInt32 || type == kInt64) {
    const uint64_t unused_bits = 64 - 8 * size;
    return static_cast<int64_t>(bits << unused_bits) >> unused_bits;
  }
  return static_cast<int64_t>(std::min(bits, kIntegerMax));
}

absl::Status SkipTexts(ByteReader& reader, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(const uint64_t size, reader.Number<uint64_t>());
    ABSL_RETURN_IF_ERROR(reader.Skip(size));
  }
  return absl::OkStatus();
}

absl::StatusOr<GgufArray> ReadArray(ByteReader& reader) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const uint32_t type, reader.Number<uint32_t>());
  ABSL_ASSIGN_OR_RETURN(const uint64_t length, reader.Number<uint64_t>());
  if (type == kArray) {
    return absl::DataLossError(
        absl::StrFormat("an array of arrays: offset %d", start));
  }
  const uint64_t element_bytes = BytesMin(type);
  if (element_bytes == 0) return UnknownType(start, type);
  const uint64_t length_max =
      static_cast<uint64_t>(reader.left()) / element_bytes;
  if (length > length_max) {
    return absl::DataLossError(absl::StrFormat(
        "an array longer than the header: offset %d, %d elements of at most %d",
        start, length, length_max));
  }

  GgufArray array = {.length = static_cast<int64_t>(length)};
  if (type == kText) {
    ABSL_RETURN_IF_ERROR(SkipTexts(reader, length));
    return array;
  }
  if (type == kFloat32 || type == kFloat64 || length > kArrayElementsMax) {
    ABSL_RETURN_IF_ERROR(reader.Skip(length * element_bytes));
    return array;
  }
  array.integers.reserve(length);
  for (uint64_t i = 0; i < length; ++i) {
    ABSL_ASSIGN_OR_RETURN(const int64_t element, ReadInteger(reader, type));
    array.integers.push_back(element);
  }
  return array;
}

absl::StatusOr<std::string> ReadCharacters(ByteReader& reader, uint64_t size) {
  // The file must hold them before memory is taken for them.
  if (size > static_cast<uint64_t>(reader.left())) return reader.Skip(size);
  std::string text(size, '\0');
  ABSL_RETURN_IF_ERROR(reader.Read(absl::MakeSpan(text)));
  return text;
}

}  // namespace

absl::StatusOr<std::string> ReadGgufText(ByteReader& reader, int64_t bytes_max,
                                         std::string_view what) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const uint64_t size, reader.Number<uint64_t>());
  if (size > static_cast<uint64_t>(bytes_max)) {
    return absl::DataLossError(
        absl::StrFormat("%s is too long: offset %d, %d bytes of at most %d",
                        what, start, size, bytes_max));
  }
  return ReadCharacters(reader, size);
}

absl::StatusOr<std::optional<GgufValue>> ReadGgufValue(ByteReader& reader) {
  const int64_t start = reader.offset();
  ABSL_ASSIGN_OR_RETURN(const uint32_t type, reader.Number<uint32_t>());
  switch (type) {
    case kBool: {
      ABSL_ASSIGN_OR_RETURN(const int64_t truth, ReadInteger(reader, type));
      return GgufValue(truth != 0);
    }
    case kFloat32: {
      ABSL_ASSIGN_OR_RETURN(const float real, reader.Number<float>());
      return GgufValue(double{real});
    }
    case kFloat64: {
      ABSL_ASSIGN_OR_RETURN(const double real, reader.Number<double>());
      return GgufValue(real);
    }
    case kText: {
      ABSL_ASSIGN_OR_RETURN(const uint64_t size, reader.Number<uint64_t>());
      if (size > static_cast<uint64_t>(kTextBytesMax)) {
        ABSL_RETURN_IF_ERROR(reader.Skip(size));
        return std::nullopt;
      }
      return ReadCharacters(reader, size);
    }
    case kArray:
      return ReadArray(reader);
    default: {
      if (BytesMin(type) == 0) return UnknownType(start, type);
      return ReadInteger(reader, type);
    }
  }
}

}  // namespace hwledger
