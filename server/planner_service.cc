#include "server/planner_service.h"

#include <utility>

#include "server/predict.h"
#include "server/status.h"
#include "server/watch_vram.h"

namespace hwledger {

PlannerService::PlannerService(Estimator& estimator,
                               boost::asio::any_io_executor workers)
    : estimator_(estimator), workers_(std::move(workers)) {}

grpc::Status PlannerService::EstimateVram(
    grpc::ServerContext*, const v1::EstimateVramRequest* request,
    v1::MemoryPrediction* response) {
  absl::StatusOr<v1::MemoryPrediction> prediction =
      Predict(*request, estimator_);
  if (!prediction.ok()) return ToGrpc(prediction.status());
  *response = *std::move(prediction);
  return grpc::Status::OK;
}

grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
PlannerService::WatchVram(grpc::CallbackServerContext*) {
  return StartWatchVram(estimator_, workers_);
}

grpc::Status PlannerService::FitVram(grpc::ServerContext*,
                                     const v1::FitVramRequest* request,
                                     v1::FitVramResponse* response) {
  absl::StatusOr<v1::FitVramResponse> fit = SolveFit(*request, estimator_);
  if (!fit.ok()) return ToGrpc(fit.status());
  *response = *std::move(fit);
  return grpc::Status::OK;
}

}  // namespace hwledger
