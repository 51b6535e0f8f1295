#pragma once

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Matchers for absl::Status and absl::StatusOr. Abseil has the same; Debian
// ships their header without the library behind it.
namespace hwledger {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).ok();
}

MATCHER_P(IsOkAndHolds, value, "") {
  if (!arg.ok()) {
    *result_listener << arg.status();
    return false;
  }
  return testing::ExplainMatchResult(value, *arg, result_listener);
}

// `message` is a string or a matcher of one.
MATCHER_P2(StatusIs, code, message, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).code() == code &&
         testing::ExplainMatchResult(
             message, std::string(StatusOf(arg).message()), result_listener);
}

inline auto StatusIs(absl::StatusCode code) {
  return StatusIs(code, testing::_);
}

}  // namespace hwledger
