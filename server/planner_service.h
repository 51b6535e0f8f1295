#pragma once

#include "core/estimator.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

class PlannerService final : public v1::Planner::Service {
 public:
  explicit PlannerService(Estimator& estimator) : estimator_(estimator) {}

  grpc::Status EstimateVram(grpc::ServerContext* context,
                            const v1::EstimateVramRequest* request,
                            v1::MemoryPrediction* response) override;
  grpc::Status WatchVram(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::MemoryPrediction, v1::EstimateVramRequest>*
          stream) override;
  grpc::Status FitVram(grpc::ServerContext* context,
                       const v1::FitVramRequest* request,
                       v1::FitVramResponse* response) override;

 private:
  Estimator& estimator_;
};

}  // namespace hwledger
