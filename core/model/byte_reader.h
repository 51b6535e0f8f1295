#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace hwledger {

// Reads little-endian values from front to back through one small buffer,
// whatever the length of what is read. To read or skip past the end is
// DataLoss, with the offset.
class ByteReader {
 public:
  // Copies what stands at `offset` and returns how many bytes that were: 0 only
  // where the source ends or fails.
  using Source = std::function<size_t(int64_t offset, absl::Span<char> into)>;

  // The source holds `size` bytes; the first `read_max` of them may be read.
  ByteReader(Source source, int64_t size, int64_t read_max)
      : source_(std::move(source)), size_(size), read_max_(read_max) {}

  int64_t offset() const { return offset_; }
  int64_t size() const { return size_; }
  // Bytes that may still be read.
  int64_t left() const { return std::min(size_, read_max_) - offset_; }

  absl::Status Read(absl::Span<char> into);
  absl::Status Skip(uint64_t count);

  template <typename T>
  absl::StatusOr<T> Number() {
    static_assert(std::endian::native == std::endian::little);
    T number = 0;
    absl::Status status =
        Read(absl::MakeSpan(reinterpret_cast<char*>(&number), sizeof(T)));
    if (!status.ok()) return status;
    return number;
  }

 private:
  absl::Status CheckLeft(uint64_t count) const;

  Source source_;
  int64_t size_;
  int64_t read_max_;
  int64_t offset_ = 0;
  std::vector<char> buffer_;
  // Of the buffer, what stands at offset_ and after.
  absl::Span<const char> ahead_;
};

// Reads `bytes`, the start of a file of `size`, while they live.
ByteReader ReaderOf(std::string_view bytes, int64_t size);

}  // namespace hwledger
