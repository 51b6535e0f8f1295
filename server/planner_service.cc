#include "server/planner_service.h"

#include "server/planner_convert.h"
#include "server/status.h"

namespace hwledger {

grpc::Status PlannerService::EstimateVram(
    grpc::ServerContext*, const v1::EstimateVramRequest* request,
    v1::MemoryPrediction* response) {
  const absl::StatusOr<EstimateRequest> question = FromProto(*request);
  if (!question.ok()) return ToGrpc(question.status());
  const absl::StatusOr<Estimate> estimate = estimator_.Predict(*question);
  if (!estimate.ok()) return ToGrpc(estimate.status());
  *response = ToProto(*question, *estimate);
  if (request->include_layers()) AddLayers(*estimate, *response);
  return grpc::Status::OK;
}

grpc::Status PlannerService::WatchVram(
    grpc::ServerContext*,
    grpc::ServerReaderWriter<v1::MemoryPrediction, v1::EstimateVramRequest>*) {
  return LaterVersion("Planner.WatchVram");
}

grpc::Status PlannerService::FitVram(grpc::ServerContext*,
                                     const v1::FitVramRequest*,
                                     v1::FitVramResponse*) {
  return LaterVersion("Planner.FitVram");
}

}  // namespace hwledger
