#pragma once

#include <memory>

#include "boost/asio/any_io_executor.hpp"
#include "core/hardware.h"
#include "grpcpp/support/server_callback.h"
#include "hwledger/v1/hardware.pb.h"

namespace hwledger {

// The streams of Hardware.WatchDevices. What they do runs on `workers`, one
// after the other: reading the machine may take a while, and a reaction of
// gRPC's must not.
class DeviceWatch {
 public:
  DeviceWatch(Hardware& hardware, const boost::asio::any_io_executor& workers);

  // FieldError, on the stream: the interval.
  grpc::ServerWriteReactor<v1::WatchDevicesResponse>* Start(
      const v1::WatchDevicesRequest& request);

  // Ends every stream with UNAVAILABLE, also those that start later. While
  // `workers` still work.
  void Stop();

 private:
  struct Shared;
  class Stream;

  const std::shared_ptr<Shared> shared_;
};

}  // namespace hwledger
