#include "clients/qt/fake/hardware_service.h"

namespace hwledger {

grpc::Status FakeHardwareService::ListDevices(
    grpc::ServerContext* context, const v1::ListDevicesRequest* /*request*/,
    v1::ListDevicesResponse* response) {
  *response = script_.devices;
  return behaviour_.Enter("ListDevices", *context);
}

grpc::Status FakeHardwareService::ListDevicePresets(
    grpc::ServerContext* context,
    const v1::ListDevicePresetsRequest* /*request*/,
    v1::ListDevicePresetsResponse* response) {
  response->mutable_presets()->Add(script_.presets.begin(),
                                   script_.presets.end());
  return behaviour_.Enter("ListDevicePresets", *context);
}

grpc::Status FakeHardwareService::WatchDevices(
    grpc::ServerContext* context, const v1::WatchDevicesRequest* request,
    grpc::ServerWriter<v1::WatchDevicesResponse>* writer) {
  const grpc::Status entered = behaviour_.Enter("WatchDevices", *context);
  if (!entered.ok()) return entered;
  const absl::Duration interval = absl::Milliseconds(
      request->has_interval_ms() ? request->interval_ms() : 1000);
  size_t next = 0;
  do {
    writer->Write(script_.watch[next]);
    // The first of them has no utilization.
    next = next + 1 < script_.watch.size() ? next + 1 : 1;
  } while (behaviour_.Sleep(interval, *context));
  return grpc::Status::CANCELLED;
}

}  // namespace hwledger
