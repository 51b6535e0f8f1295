#include "server/hardware_service.h"

#include "server/inference_convert.h"
#include "server/status.h"

namespace hwledger {

grpc::Status HardwareService::ListDevices(grpc::ServerContext*,
                                          const v1::ListDevicesRequest*,
                                          v1::ListDevicesResponse* response) {
  for (const Device& device : hardware_.Snapshot()) {
    *response->add_devices() = ToProto(device);
  }
  return grpc::Status::OK;
}

grpc::Status HardwareService::WatchDevices(
    grpc::ServerContext*, const v1::WatchDevicesRequest*,
    grpc::ServerWriter<v1::WatchDevicesResponse>*) {
  return LaterVersion("Hardware.WatchDevices");
}

}  // namespace hwledger
