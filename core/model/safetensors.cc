#include "core/model/safetensors.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/model/byte_reader.h"
#include "core/model/input_file.h"
#include "core/model/json_events.h"
#include "core/model/safetensors_header.h"

// The format and its limits are those of huggingface/safetensors,
// safetensors/src/tensor.rs: eight bytes say how long a JSON text is, the text
// says what each tensor is and where, and the tensors' data follow without gaps
// up to the file's end.
namespace hwledger {
namespace {

constexpr int64_t kHeaderBytesMax = 100'000'000;
constexpr int64_t kLengthBytes = 8;

int64_t SaturatingSum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum)
             ? std::numeric_limits<int64_t>::max()
             : sum;
}

// Whether the tensors fill the data, each byte once.
absl::Status CheckSpans(const std::vector<SafetensorsSpan>& spans,
                        int64_t data_start, int64_t data_bytes) {
  int64_t next = 0;
  for (const SafetensorsSpan& span : spans) {
    if (span.end > data_bytes) {
      return absl::DataLossError(absl::StrFormat(
          "a tensor goes past the end of the file: offset %d, %d bytes, of "
          "which the file has %d",
          data_start + span.begin, span.end - span.begin,
          std::max<int64_t>(data_bytes - span.begin, 0)));
    }
    if (span.begin != next) {
      return absl::DataLossError(
          absl::StrFormat("%s: offset %d, expected %d",
                          span.begin < next ? "two tensors overlap"
                                            : "a gap between two tensors",
                          data_start + span.begin, data_start + next));
    }
    next = span.end;
  }
  if (next == data_bytes) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "the file goes on after its last tensor: offset %d, %d bytes",
      data_start + next, data_bytes - next));
}

StoredTensors SumOf(const std::vector<SafetensorsSpan>& spans) {
  StoredTensors sum;
  for (const SafetensorsSpan& span : spans) {
    const Bytes size(span.end - span.begin);
    sum.size += size;
    sum.size_by_dtype[std::string(span.dtype->name)] += size;
    sum.element_count = SaturatingSum(sum.element_count, span.element_count);
    if (span.is_constant) {
      sum.constant_count =
          SaturatingSum(sum.constant_count, span.element_count);
    }
  }
  sum.tensor_count = static_cast<int64_t>(spans.size());
  return sum;
}

// `read` bytes may be read of a file of `file_size`.
absl::StatusOr<StoredTensors> Parse(
    int64_t file_size, const std::function<ByteReader(int64_t read)>& open) {
  ByteReader length_reader = open(kLengthBytes);
  ABSL_ASSIGN_OR_RETURN(const uint64_t length,
                        length_reader.Number<uint64_t>());
  if (length > kHeaderBytesMax) {
    return absl::DataLossError(absl::StrFormat(
        "not a safetensors file, or damaged: a header of %d bytes, at most %d",
        length, kHeaderBytesMax));
  }
  const int64_t data_start = kLengthBytes + static_cast<int64_t>(length);
  if (data_start > file_size) {
    return absl::DataLossError(absl::StrFormat(
        "the header goes past the end of the file: offset %d, %d bytes, of "
        "which the file has %d",
        kLengthBytes, length, file_size - kLengthBytes));
  }
  ByteReader reader = open(data_start);
  ABSL_RETURN_IF_ERROR(reader.Skip(kLengthBytes));
  SafetensorsHeader header;
  ABSL_RETURN_IF_ERROR(ReadJson(reader, [&header](JsonEvent event) {
    return header.Take(std::move(event));
  }));
  const std::vector<SafetensorsSpan> spans = std::move(header).Spans();
  ABSL_RETURN_IF_ERROR(CheckSpans(spans, data_start, file_size - data_start));
  return SumOf(spans);
}

}  // namespace

void Add(const StoredTensors& part, StoredTensors& sum) {
  sum.size += part.size;
  sum.tensor_count = SaturatingSum(sum.tensor_count, part.tensor_count);
  sum.element_count = SaturatingSum(sum.element_count, part.element_count);
  sum.constant_count = SaturatingSum(sum.constant_count, part.constant_count);
  for (const auto& [dtype, size] : part.size_by_dtype) {
    sum.size_by_dtype[dtype] += size;
  }
}

absl::StatusOr<StoredTensors> ReadSafetensors(const std::string& path) {
  absl::StatusOr<InputFile> file = InputFile::Open(path);
  if (!file.ok()) return OfFile(file.status(), path);
  absl::StatusOr<StoredTensors> stored =
      Parse(file->size(), [&file](int64_t read) { return file->Reader(read); });
  if (!stored.ok()) return OfFile(stored.status(), path);
  return stored;
}

absl::StatusOr<StoredTensors> ParseSafetensors(std::string_view bytes,
                                               int64_t file_size) {
  return Parse(file_size, [bytes, file_size](int64_t read) {
    return ReaderOf(bytes.substr(0, static_cast<size_t>(read)), file_size);
  });
}

}  // namespace hwledger
