#include "server/status.h"

#include <string>
#include <string_view>

#include "core/field_error.h"
#include "core/retry_delay.h"
#include "core/utf8.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/inference_convert.h"

namespace hwledger {
namespace {

// A message is sent three times over (as text and in two details), and a client
// must take 4 KiB of metadata; a request's values may be longer.
constexpr size_t kMessageBytesMax = 1000;
constexpr std::string_view kEllipsis = "…";

std::string Shortened(std::string_view message) {
  std::string text = WithValidUtf8(message);
  if (text.size() <= kMessageBytesMax) return text;
  text.resize(CompleteUtf8Prefix(text.substr(0, kMessageBytesMax)));
  return text.append(kEllipsis);
}

std::string Details(const absl::Status& status, const std::string& message) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("hwledger");
  info.set_reason(absl::StatusCodeToString(status.code()));
  if (const auto field = FieldOf(status)) {
    info.set_reason("INVALID_FIELD");
    (*info.mutable_metadata())["field"] = *field;
    google::rpc::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(*field);
    violation->set_description(message);
    details.add_details()->PackFrom(bad_request);
  }
  details.add_details()->PackFrom(info);
  if (const auto delay = RetryDelayOf(status)) {
    google::rpc::RetryInfo retry;
    *retry.mutable_retry_delay() = ToProto(*delay);
    details.add_details()->PackFrom(retry);
  }
  return details.SerializeAsString();
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string message = Shortened(status.message());
  return {static_cast<grpc::StatusCode>(status.code()), message,
          Details(status, message)};
}

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()),
          status.error_message()};
}

}  // namespace hwledger
