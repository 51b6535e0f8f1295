#include "clients/qt/failure.h"

#include "clients/qt/translated.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace hwledger {
namespace {

// What gRPC itself says has no details, and words for programmers.
QString connectionMessage(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
      return tr("The connection to the daemon was lost.");
    case grpc::StatusCode::CANCELLED:
      return tr("The daemon gave the request up.");
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return tr("The daemon did not answer in time.");
    default:
      return QString();
  }
}

}  // namespace

Failure Failure::of(const grpc::Status& status) {
  Failure failure;
  if (status.ok()) return failure;
  google::rpc::Status details;
  if (status.error_details().empty()) {
    failure.message = connectionMessage(status);
  } else if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : details.details()) {
      google::rpc::BadRequest request;
      if (detail.UnpackTo(&request) && request.field_violations_size() > 0) {
        failure.field =
            QString::fromStdString(request.field_violations(0).field());
      }
    }
  }
  if (failure.message.isEmpty()) {
    failure.message = QString::fromStdString(status.error_message());
  }
  if (failure.message.isEmpty()) {
    failure.message = tr("The daemon failed without a reason (code %1).")
                          .arg(static_cast<int>(status.error_code()));
  }
  return failure;
}

}  // namespace hwledger
