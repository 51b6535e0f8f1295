#pragma once

#include "clients/qt/fake/behaviour.h"
#include "clients/qt/fake/script.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

// The recorded predictions: of what is asked, the nearest that there is.
class FakePlannerService final
    : public v1::Planner::WithCallbackMethod_WatchVram<v1::Planner::Service> {
 public:
  FakePlannerService(const Script& script, Behaviour& behaviour)
      : script_(script), behaviour_(behaviour) {}

  grpc::Status EstimateVram(grpc::ServerContext* context,
                            const v1::EstimateVramRequest* request,
                            v1::MemoryPrediction* response) override;
  // The newest question wins, as with the daemon.
  grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
  WatchVram(grpc::CallbackServerContext* context) override;

 private:
  class Watch;

  grpc::Status Predict(const v1::EstimateVramRequest& request,
                       v1::MemoryPrediction* response) const;

  const Script& script_;
  Behaviour& behaviour_;
};

}  // namespace hwledger
