#include "clients/cli/failure.h"

#include <iostream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "clients/cli/field_flags.h"
#include "clients/cli/surface.h"
#include "clients/cli/terminal_text.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace hwledger {
namespace {

ExitCode ExitCodeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return ExitCode::kOk;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return ExitCode::kUsage;
    case grpc::StatusCode::NOT_FOUND:
      return ExitCode::kNotFound;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ExitCode::kDoesNotFit;
    default:
      return ExitCode::kFailure;
  }
}

// What the details add to the message: fields that are wrong, when to retry.
std::string DetailLines(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return "";
  std::string lines;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::BadRequest bad_request;
    if (detail.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        if (absl::StrContains(status.error_message(),
                              violation.description())) {
          continue;
        }
        absl::StrAppend(&lines, "\n  ", FlagOf(violation.field()), ": ",
                        violation.description());
      }
    }
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&retry)) {
      const int64_t seconds = retry.retry_delay().seconds() +
                              (retry.retry_delay().nanos() > 0 ? 1 : 0);
      absl::StrAppend(&lines, "\n  try again in ", seconds, " s");
    }
  }
  return lines;
}

// The message, which begins with the field that it is about, for those who
// typed an option.
std::string WithFlag(const grpc::Status& status) {
  std::string message = status.error_message();
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return message;
  for (const google::protobuf::Any& detail : details.details()) {
    google::rpc::BadRequest bad_request;
    if (!detail.UnpackTo(&bad_request)) continue;
    for (const auto& violation : bad_request.field_violations()) {
      std::string_view rest = message;
      if (absl::ConsumePrefix(&rest, violation.field() + " ")) {
        return absl::StrCat(FlagOf(violation.field()), " ", rest);
      }
    }
  }
  return message;
}

// `text` as `surface` has room for it, between words.
std::string WrappedLines(const std::string& text, const Surface& surface) {
  if (!surface.columns) return text;
  return absl::StrJoin(
      absl::StrSplit(text, '\n'), "\n",
      [&surface](std::string* out, std::string_view line) {
        const bool is_long = DisplayWidth(line) > *surface.columns;
        absl::StrAppend(
            out, is_long ? Wrapped(line, *surface.columns) : std::string(line));
      });
}

}  // namespace

ExitCode ReportFailure(const grpc::Status& status) {
  // The daemon explains each of its errors; these come from gRPC itself.
  if (status.error_details().empty()) {
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
      return ReportFailure(
          ExitCode::kUnreachable,
          absl::StrCat("the daemon is gone: ", status.error_message()));
    }
    if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
      return ReportFailure(ExitCode::kFailure,
                           "the daemon did not answer within a minute");
    }
  }
  const std::string message =
      status.error_message().empty()
          ? absl::StrCat("the daemon failed without a reason (code ",
                         static_cast<int>(status.error_code()), ")")
          : WithFlag(status);
  return ReportFailure(ExitCodeOf(status.error_code()),
                       message + DetailLines(status));
}

ExitCode ReportFailure(const absl::Status& status) {
  return ReportFailure(
      ExitCodeOf(static_cast<grpc::StatusCode>(status.raw_code())),
      status.message());
}

ExitCode ReportFailure(ExitCode code, std::string_view message) {
  constexpr std::string_view name = "hwledger:";
  const Surface surface = ErrorSurface();
  const std::string text = WrappedLines(
      absl::StrCat(name, " ", EscapeControlsInLines(message)), surface);
  std::cerr << Painted(name, Paint::kRed, surface) << text.substr(name.size())
            << '\n';
  return code;
}

}  // namespace hwledger
