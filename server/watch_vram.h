#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "core/estimator.h"
#include "grpcpp/support/server_callback.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// Answers the requests of one WatchVram stream until it ends, predicting on
// `workers`. Deletes itself.
grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
StartWatchVram(Estimator& estimator, boost::asio::any_io_executor workers);

}  // namespace hwledger
