#include "server/hardware_service.h"

#include "core/planner/device_presets.h"
#include "server/device_preset_convert.h"
#include "server/inference_convert.h"

namespace hwledger {

HardwareService::HardwareService(Hardware& hardware,
                                 const boost::asio::any_io_executor& workers)
    : hardware_(hardware), watch_(hardware, workers) {}

grpc::Status HardwareService::ListDevices(grpc::ServerContext*,
                                          const v1::ListDevicesRequest*,
                                          v1::ListDevicesResponse* response) {
  for (const Device& device : hardware_.Snapshot()) {
    *response->add_devices() = ToProto(device);
  }
  return grpc::Status::OK;
}

grpc::ServerWriteReactor<v1::WatchDevicesResponse>*
HardwareService::WatchDevices(grpc::CallbackServerContext*,
                              const v1::WatchDevicesRequest* request) {
  return watch_.Start(*request);
}

grpc::Status HardwareService::ListDevicePresets(
    grpc::ServerContext*, const v1::ListDevicePresetsRequest*,
    v1::ListDevicePresetsResponse* response) {
  for (const DevicePreset& preset : DevicePresets()) {
    *response->add_presets() = ToProto(preset);
  }
  return grpc::Status::OK;
}

}  // namespace hwledger
