#pragma once

#include "core/hardware.h"
#include "hwledger/v1/hardware.grpc.pb.h"

namespace hwledger {

class HardwareService final : public v1::Hardware::Service {
 public:
  explicit HardwareService(Hardware& hardware) : hardware_(hardware) {}

  grpc::Status ListDevices(grpc::ServerContext* context,
                           const v1::ListDevicesRequest* request,
                           v1::ListDevicesResponse* response) override;
  grpc::Status WatchDevices(
      grpc::ServerContext* context, const v1::WatchDevicesRequest* request,
      grpc::ServerWriter<v1::WatchDevicesResponse>* writer) override;
  grpc::Status ListDevicePresets(
      grpc::ServerContext* context, const v1::ListDevicePresetsRequest* request,
      v1::ListDevicePresetsResponse* response) override;

 private:
  Hardware& hardware_;
};

}  // namespace hwledger
