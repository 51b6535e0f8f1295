#include "core/model/gguf.h"

#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "core/model/byte_reader.h"
#include "core/model/gguf_parser.h"
#include "core/model/input_file.h"

namespace hwledger {
namespace {

// Vocabulary and all, the largest headers take some 20 MB.
constexpr int64_t kHeaderBytesMax = 64 << 20;
// Models have been published in up to a few hundred parts.
constexpr int64_t kPartsMax = 1024;
constexpr size_t kTensorsMax = 65536;
constexpr int64_t kAlignmentDefault = 32;

template <typename T>
const T* FindValue(const GgufHeader& header, std::string_view key) {
  const auto found = header.metadata.find(key);
  return found == header.metadata.end() ? nullptr
                                        : std::get_if<T>(&found->second);
}

template <typename T>
std::optional<T> CopyValue(const GgufHeader& header, std::string_view key) {
  const T* value = FindValue<T>(header, key);
  return value == nullptr ? std::nullopt : std::optional<T>(*value);
}

// Reads one file and takes what its header was long from `header_bytes_left`.
absl::StatusOr<GgufHeader> ReadPart(const std::string& path,
                                    int64_t& header_bytes_left) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  ByteReader reader = file.Reader(header_bytes_left);
  ABSL_ASSIGN_OR_RETURN(GgufHeader header, ParseGgufHeader(reader));
  header_bytes_left -= reader.offset();
  return header;
}

// How the parts of a split model are named, counted from 1 as in their names.
std::string PartSuffix(int64_t number, int64_t count) {
  return absl::StrFormat("-%05d-of-%05d.gguf", number, count);
}

// Of the first part at `path`, what its name shares with the others'.
absl::StatusOr<std::string> StemOfParts(const std::string& path,
                                        const GgufHeader& header,
                                        int64_t count) {
  if (count > kPartsMax) {
    return absl::DataLossError(
        absl::StrFormat("more parts than any model has: %d of at most %d, key "
                        "'split.count'",
                        count, kPartsMax));
  }
  const int64_t number = header.Integer("split.no").value_or(0) + 1;
  const std::string suffix = PartSuffix(number, count);
  if (!absl::EndsWith(path, suffix)) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "a part of a split model must have its first name, which ends in '%s'",
        suffix));
  }
  std::string stem = path.substr(0, path.size() - suffix.size());
  if (number != 1) {
    return absl::InvalidArgumentError(
        absl::StrFormat("part %d of a split model; give the first, '%s'",
                        number, stem + PartSuffix(1, count)));
  }
  return stem;
}

absl::Status AppendPart(GgufHeader part, int64_t index, GgufHeader& model) {
  if (part.Integer("split.no") != index ||
      part.Integer("split.count") != model.Integer("split.count")) {
    return absl::DataLossError(absl::StrFormat(
        "not the part that its name says: key 'split.no', expected %d", index));
  }
  if (model.tensors.size() + part.tensors.size() > kTensorsMax) {
    return absl::DataLossError(absl::StrFormat(
        "more tensors than any model has: at most %d", kTensorsMax));
  }
  std::move(part.tensors.begin(), part.tensors.end(),
            std::back_inserter(model.tensors));
  return absl::OkStatus();
}

absl::Status CheckTensorsOfAllParts(const GgufHeader& model) {
  std::set<std::string_view> names;
  for (const GgufTensor& tensor : model.tensors) {
    if (!names.insert(tensor.name).second) {
      return absl::DataLossError(
          absl::StrFormat("a tensor in two parts: tensor '%s'", tensor.name));
    }
  }
  const auto count = static_cast<int64_t>(model.tensors.size());
  const int64_t expected = model.Integer("split.tensors.count").value_or(count);
  if (count == expected) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrFormat("parts are missing tensors: %d of %d, key "
                      "'split.tensors.count'",
                      count, expected));
}

}  // namespace

int64_t GgufTensor::element_count() const {
  int64_t count = 1;
  for (const int64_t dimension : dimensions) {
    if (__builtin_mul_overflow(count, dimension, &count)) {
      return std::numeric_limits<int64_t>::max();
    }
  }
  return count;
}

Bytes GgufTensor::size() const {
  Bytes size = RowSize(*type, dimensions[0]);
  for (size_t i = 1; i < dimensions.size(); ++i) size = dimensions[i] * size;
  return size;
}

std::optional<int64_t> GgufTensor::block() const {
  std::string_view rest = name;
  int64_t number = 0;
  if (!absl::ConsumePrefix(&rest, "blk.") ||
      !absl::SimpleAtoi(rest.substr(0, rest.find('.')), &number)) {
    return std::nullopt;
  }
  return number;
}

std::optional<int64_t> GgufHeader::Integer(std::string_view key) const {
  return CopyValue<int64_t>(*this, key);
}

std::optional<double> GgufHeader::Real(std::string_view key) const {
  return CopyValue<double>(*this, key);
}

std::optional<std::string> GgufHeader::Text(std::string_view key) const {
  return CopyValue<std::string>(*this, key);
}

const GgufArray* GgufHeader::Array(std::string_view key) const {
  return FindValue<GgufArray>(*this, key);
}

void PlaceTensors(GgufHeader& header) {
  const int64_t alignment =
      header.Integer("general.alignment").value_or(kAlignmentDefault);
  Bytes next;
  for (GgufTensor& tensor : header.tensors) {
    tensor.offset = next.count();
    next += tensor.size();
    next += Bytes((alignment - next.count() % alignment) % alignment);
  }
}

absl::StatusOr<GgufHeader> ReadGguf(const std::string& path) {
  int64_t header_bytes_left = kHeaderBytesMax;
  absl::StatusOr<GgufHeader> model = ReadPart(path, header_bytes_left);
  if (!model.ok()) return OfFile(model.status(), path);
  const int64_t count = model->Integer("split.count").value_or(1);
  if (count <= 1) return model;

  absl::StatusOr<std::string> stem = StemOfParts(path, *model, count);
  if (!stem.ok()) return OfFile(stem.status(), path);
  for (int64_t i = 1; i < count; ++i) {
    const std::string part_path = *stem + PartSuffix(i + 1, count);
    absl::StatusOr<GgufHeader> part = ReadPart(part_path, header_bytes_left);
    if (!part.ok()) return OfFile(part.status(), part_path);
    absl::Status status = AppendPart(*std::move(part), i, *model);
    if (!status.ok()) return OfFile(status, part_path);
  }
  if (absl::Status status = CheckTensorsOfAllParts(*model); !status.ok()) {
    return OfFile(status, path);
  }
  return model;
}

absl::StatusOr<GgufHeader> ParseGguf(std::string_view bytes,
                                     int64_t file_size) {
  ByteReader reader = ReaderOf(bytes, file_size);
  return ParseGgufHeader(reader);
}

}  // namespace hwledger
