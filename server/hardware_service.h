#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "core/hardware.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "server/watch_devices.h"

namespace hwledger {

class HardwareService final
    : public v1::Hardware::WithCallbackMethod_WatchDevices<
          v1::Hardware::Service> {
 public:
  // Streams read the machine on `workers`.
  HardwareService(Hardware& hardware,
                  const boost::asio::any_io_executor& workers);

  grpc::Status ListDevices(grpc::ServerContext* context,
                           const v1::ListDevicesRequest* request,
                           v1::ListDevicesResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchDevicesResponse>* WatchDevices(
      grpc::CallbackServerContext* context,
      const v1::WatchDevicesRequest* request) override;
  grpc::Status ListDevicePresets(
      grpc::ServerContext* context, const v1::ListDevicePresetsRequest* request,
      v1::ListDevicePresetsResponse* response) override;

  // No client ends its watch because the daemon does.
  void EndWatches() { watch_.Stop(); }

 private:
  Hardware& hardware_;
  DeviceWatch watch_;
};

}  // namespace hwledger
