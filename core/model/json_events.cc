#include "core/model/json_events.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using Kind = JsonEvent::Kind;

// Configs are nested some five deep; to copy a value takes stack for each.
constexpr int64_t kDepthMax = 64;

constexpr int64_t kBufferBytes = 64 << 10;

// The reader's bytes one by one.
class ByteStream {
 public:
  ByteStream(ByteReader& reader, int64_t piece_bytes_max)
      : reader_(reader), piece_bytes_max_(piece_bytes_max) {}

  bool AtEnd() {
    if (next_ == buffer_.size()) Fill();
    return next_ == buffer_.size();
  }
  char Front() const { return buffer_[next_]; }
  void Pop() {
    ++next_;
    ++piece_bytes_;
  }
  void EndPiece() { piece_bytes_ = 0; }

  // Where the next byte stands.
  int64_t offset() const {
    return reader_.offset() - static_cast<int64_t>(buffer_.size() - next_);
  }
  // Why it ended before its end.
  const absl::Status& status() const { return status_; }

 private:
  void Fill() {
    buffer_.clear();
    next_ = 0;
    if (!status_.ok()) return;
    // The lexer keeps what it has not told yet, twice.
    if (piece_bytes_ > piece_bytes_max_) {
      status_ = absl::DataLossError(
          absl::StrCat("a piece of JSON is too long: offset ", offset(),
                       ", at most ", piece_bytes_max_, " bytes"));
      return;
    }
    buffer_.resize(static_cast<size_t>(std::min(kBufferBytes, reader_.left())));
    status_ = reader_.Read(absl::MakeSpan(buffer_));
    if (!status_.ok()) buffer_.clear();
  }

  ByteReader& reader_;
  const int64_t piece_bytes_max_;
  std::vector<char> buffer_;
  size_t next_ = 0;
  int64_t piece_bytes_ = 0;
  absl::Status status_;
};

// As the parser wants them.
class ByteIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  // Null: the end.
  explicit ByteIterator(ByteStream* stream) : stream_(stream) {}

  char operator*() const { return stream_->Front(); }
  ByteIterator& operator++() {
    stream_->Pop();
    return *this;
  }
  friend bool operator==(const ByteIterator& a, const ByteIterator& b) {
    return a.AtEnd() == b.AtEnd();
  }

 private:
  bool AtEnd() const { return stream_ == nullptr || stream_->AtEnd(); }

  ByteStream* stream_;
};

// What the parser tells, as events. Its names are the library's.
class EventSax {
 public:
  EventSax(ByteStream& stream,
           const std::function<absl::Status(JsonEvent)>& take)
      : stream_(stream), take_(take) {}

  bool null() { return Take({.kind = Kind::kOther}); }
  bool boolean(bool /*value*/) { return Take({.kind = Kind::kOther}); }
  bool number_integer(int64_t /*value*/) {
    return Take({.kind = Kind::kOther});  // Below 0, or it were unsigned.
  }
  bool number_unsigned(uint64_t value) {
    if (value > std::numeric_limits<int64_t>::max()) {
      return Take({.kind = Kind::kOther});
    }
    return Take({.kind = Kind::kCount, .count = static_cast<int64_t>(value)});
  }
  bool number_float(double /*value*/, const std::string& /*token*/) {
    return Take({.kind = Kind::kOther});
  }
  bool string(std::string& value) {
    return Take({.kind = Kind::kText, .text = std::move(value)});
  }
  bool binary(nlohmann::json::binary_t& /*value*/) { return false; }
  bool key(std::string& value) {
    return Take({.kind = Kind::kKey, .text = std::move(value)});
  }
  bool start_object(size_t /*count*/) { return Open(Kind::kObject); }
  bool end_object() { return Close(Kind::kObjectEnd); }
  bool start_array(size_t /*count*/) { return Open(Kind::kArray); }
  bool end_array() { return Close(Kind::kArrayEnd); }
  bool parse_error(size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) {
    status_ = absl::DataLossError(
        absl::StrCat("not JSON: offset ", stream_.offset()));
    return false;
  }

  const absl::Status& status() const { return status_; }

 private:
  bool Take(JsonEvent event) {
    stream_.EndPiece();
    event.depth = depth_;
    const absl::Status status = take_(std::move(event));
    if (status.ok()) return true;
    status_ = absl::Status(
        status.code(),
        absl::StrCat(status.message(), ", offset ", stream_.offset()));
    return false;
  }
  bool Open(Kind kind) {
    if (depth_ == kDepthMax) {
      status_ = absl::DataLossError(
          absl::StrCat("JSON nested too deep: offset ", stream_.offset(),
                       ", at most ", kDepthMax, " levels"));
      return false;
    }
    const bool goes_on = Take({.kind = kind});
    ++depth_;
    return goes_on;
  }
  bool Close(Kind kind) {
    --depth_;
    return Take({.kind = kind});
  }

  ByteStream& stream_;
  const std::function<absl::Status(JsonEvent)>& take_;
  int64_t depth_ = 0;
  absl::Status status_;
};

}  // namespace

absl::Status ReadJson(ByteReader& reader,
                      const std::function<absl::Status(JsonEvent)>& take,
                      int64_t piece_bytes_max) {
  ByteStream stream(reader, piece_bytes_max);
  EventSax sax(stream, take);
  const bool complete = nlohmann::json::sax_parse(ByteIterator(&stream),
                                                  ByteIterator(nullptr), &sax);
  // A text that was cut off is not JSON either; why it was says more.
  if (!stream.status().ok()) return stream.status();
  if (!complete && sax.status().ok()) {
    return absl::DataLossError(
        absl::StrCat("not JSON: offset ", stream.offset()));
  }
  return sax.status();
}

}  // namespace hwledger
