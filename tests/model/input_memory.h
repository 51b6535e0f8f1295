#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/peak_memory.h"

// Files that say they hold more than any model has, and files that do.
namespace hwledger {

inline constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;
inline constexpr uint64_t kHuge = (uint64_t{1} << 63) - 1;

inline std::string Number(auto number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

inline std::string Repeat(std::string_view text, size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

// `count` distinct pieces of JSON, `piece` with each one's number in it.
inline std::string List(const absl::ParsedFormat<'d'>& piece, int64_t count) {
  std::string list;
  for (int64_t i = 0; i < count; ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ",", absl::StrFormat(piece, i));
  }
  return list;
}

// The status of `parse`, which takes no more than it may.
inline absl::Status WithinBound(const std::function<absl::Status()>& parse) {
  const PeakMemory memory;
  absl::Status status = parse();
  EXPECT_THAT(memory.bytes(), testing::Le(kInputMemoryMax));
  return status;
}

}  // namespace hwledger
