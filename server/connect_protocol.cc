#include "server/connect_protocol.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/status.pb.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

struct Code {
  grpc::StatusCode code;
  std::string_view name;
  int http_status;
};

constexpr Code kCodes[] = {
    {grpc::StatusCode::CANCELLED, "canceled", 499},
    {grpc::StatusCode::UNKNOWN, "unknown", 500},
    {grpc::StatusCode::INVALID_ARGUMENT, "invalid_argument", 400},
    {grpc::StatusCode::DEADLINE_EXCEEDED, "deadline_exceeded", 504},
    {grpc::StatusCode::NOT_FOUND, "not_found", 404},
    {grpc::StatusCode::ALREADY_EXISTS, "already_exists", 409},
    {grpc::StatusCode::PERMISSION_DENIED, "permission_denied", 403},
    {grpc::StatusCode::RESOURCE_EXHAUSTED, "resource_exhausted", 429},
    {grpc::StatusCode::FAILED_PRECONDITION, "failed_precondition", 400},
    {grpc::StatusCode::ABORTED, "aborted", 409},
    {grpc::StatusCode::OUT_OF_RANGE, "out_of_range", 400},
    {grpc::StatusCode::UNIMPLEMENTED, "unimplemented", 501},
    {grpc::StatusCode::INTERNAL, "internal", 500},
    {grpc::StatusCode::UNAVAILABLE, "unavailable", 503},
    {grpc::StatusCode::DATA_LOSS, "data_loss", 500},
    {grpc::StatusCode::UNAUTHENTICATED, "unauthenticated", 401},
};

constexpr size_t kTimeoutDigitsMax = 10;

// OK is none: it counts as UNKNOWN.
const Code& Find(grpc::StatusCode code) {
  const auto* found = std::ranges::find(kCodes, code, &Code::code);
  return found == std::end(kCodes) ? kCodes[1] : *found;
}

nlohmann::json DetailsOf(const grpc::Status& status) {
  nlohmann::json details = nlohmann::json::array();
  google::rpc::Status sent;
  if (!sent.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& detail : sent.details()) {
    std::string_view type = detail.type_url();
    absl::ConsumePrefix(&type, "type.googleapis.com/");
    std::string value = absl::Base64Escape(detail.value());
    value.resize(value.find_last_not_of('=') + 1);
    details.push_back({{"type", type}, {"value", value}});
  }
  return details;
}

}  // namespace

std::string_view ConnectCodeOf(grpc::StatusCode code) {
  return Find(code).name;
}

int HttpStatusOf(grpc::StatusCode code) { return Find(code).http_status; }

nlohmann::json ConnectErrorOf(const grpc::Status& status) {
  nlohmann::json error = {{"code", ConnectCodeOf(status.error_code())},
                          {"message", status.error_message()}};
  nlohmann::json details = DetailsOf(status);
  if (!details.empty()) error["details"] = std::move(details);
  return error;
}

nlohmann::json EndOfStream(const grpc::Status& status) {
  nlohmann::json end = nlohmann::json::object();
  if (!status.ok()) end["error"] = ConnectErrorOf(status);
  return end;
}

absl::StatusOr<std::optional<absl::Duration>> ParseConnectTimeout(
    std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t milliseconds = 0;
  if (text.size() > kTimeoutDigitsMax ||
      !std::ranges::all_of(text, absl::ascii_isdigit) ||
      !absl::SimpleAtoi(text, &milliseconds)) {
    return absl::InvalidArgumentError(
        absl::StrCat("Connect-Timeout-Ms must be a whole number of at most ",
                     kTimeoutDigitsMax, " digits; got \"", text, "\""));
  }
  return absl::Milliseconds(milliseconds);
}

}  // namespace hwledger
