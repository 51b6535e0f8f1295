#include "clients/qt/fake/refusal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace hwledger {
namespace {

grpc::Status WithDetails(grpc::StatusCode code, const std::string& message,
                         const std::string& field) {
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("hwledger");
  if (!field.empty()) {
    info.set_reason("INVALID_FIELD");
    (*info.mutable_metadata())["field"] = field;
    google::rpc::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(message);
    details.add_details()->PackFrom(bad_request);
  }
  details.add_details()->PackFrom(info);
  return {code, message, details.SerializeAsString()};
}

}  // namespace

grpc::Status Refusal(grpc::StatusCode code, std::string_view message) {
  return WithDetails(code, std::string(message), "");
}

grpc::Status FieldRefusal(std::string_view field, std::string_view message) {
  return WithDetails(grpc::StatusCode::INVALID_ARGUMENT,
                     absl::StrCat(field, " ", message), std::string(field));
}

grpc::Status NoSuchModel(std::string_view model_id) {
  return Refusal(
      grpc::StatusCode::NOT_FOUND,
      absl::StrCat("no model '", model_id,
                   "'; the list of models has every name that there is"));
}

grpc::Status NotToRun(std::string_view model_id) {
  return Refusal(
      grpc::StatusCode::FAILED_PRECONDITION,
      absl::StrCat(model_id,
                   " can be planned but not run: there is no model file in "
                   "GGUF; give the path of one as model_id"));
}

}  // namespace hwledger
