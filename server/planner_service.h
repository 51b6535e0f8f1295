#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "core/estimator.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

class PlannerService final
    : public v1::Planner::WithCallbackMethod_WatchVram<v1::Planner::Service> {
 public:
  // Streams predict on `workers`: a reaction of gRPC's must not read files.
  PlannerService(Estimator& estimator, boost::asio::any_io_executor workers);

  grpc::Status EstimateVram(grpc::ServerContext* context,
                            const v1::EstimateVramRequest* request,
                            v1::MemoryPrediction* response) override;
  grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
  WatchVram(grpc::CallbackServerContext* context) override;
  grpc::Status FitVram(grpc::ServerContext* context,
                       const v1::FitVramRequest* request,
                       v1::FitVramResponse* response) override;

 private:
  Estimator& estimator_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
