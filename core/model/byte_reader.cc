#include "core/model/byte_reader.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

constexpr int64_t kBufferBytes = 64 << 10;

}  // namespace

absl::Status ByteReader::CheckLeft(uint64_t count) const {
  if (count <= static_cast<uint64_t>(left())) return absl::OkStatus();
  if (count <= static_cast<uint64_t>(size_ - offset_)) {
    return absl::DataLossError(absl::StrFormat(
        "the header goes on too long: offset %d, %d bytes wanted, read up to "
        "%d",
        offset_, count, read_max_));
  }
  return absl::DataLossError(absl::StrFormat(
      "the file ends too early: offset %d, %d bytes wanted, %d left", offset_,
      count, size_ - offset_));
}

absl::Status ByteReader::Read(absl::Span<char> into) {
  if (absl::Status status = CheckLeft(into.size()); !status.ok()) return status;
  while (!into.empty()) {
    if (ahead_.empty()) {
      buffer_.resize(static_cast<size_t>(std::min(kBufferBytes, left())));
      const size_t count = source_(offset_, absl::MakeSpan(buffer_));
      if (count == 0) {
        return absl::DataLossError(
            absl::StrFormat("the file cannot be read: offset %d", offset_));
      }
      ahead_ = absl::MakeConstSpan(buffer_).first(count);
    }
    const size_t count = std::min(ahead_.size(), into.size());
    std::copy_n(ahead_.begin(), count, into.begin());
    into.remove_prefix(count);
    ahead_.remove_prefix(count);
    offset_ += static_cast<int64_t>(count);
  }
  return absl::OkStatus();
}

absl::Status ByteReader::Skip(uint64_t count) {
  if (absl::Status status = CheckLeft(count); !status.ok()) return status;
  ahead_.remove_prefix(std::min<uint64_t>(count, ahead_.size()));
  offset_ += static_cast<int64_t>(count);
  return absl::OkStatus();
}

ByteReader ReaderOf(std::string_view bytes, int64_t size) {
  return ByteReader(
      [bytes](int64_t offset, absl::Span<char> into) -> size_t {
        return bytes.copy(into.data(), into.size(),
                          static_cast<size_t>(offset));
      },
      size, static_cast<int64_t>(bytes.size()));
}

}  // namespace hwledger
