#pragma once

#include "clients/qt/fake/behaviour.h"
#include "clients/qt/fake/script.h"
#include "hwledger/v1/hardware.grpc.pb.h"

namespace hwledger {

// The recorded devices; watched, over and over again.
class FakeHardwareService final : public v1::Hardware::Service {
 public:
  FakeHardwareService(const Script& script, Behaviour& behaviour)
      : script_(script), behaviour_(behaviour) {}

  grpc::Status ListDevices(grpc::ServerContext* context,
                           const v1::ListDevicesRequest* request,
                           v1::ListDevicesResponse* response) override;
  grpc::Status ListDevicePresets(
      grpc::ServerContext* context, const v1::ListDevicePresetsRequest* request,
      v1::ListDevicePresetsResponse* response) override;
  grpc::Status WatchDevices(
      grpc::ServerContext* context, const v1::WatchDevicesRequest* request,
      grpc::ServerWriter<v1::WatchDevicesResponse>* writer) override;

 private:
  const Script& script_;
  Behaviour& behaviour_;
};

}  // namespace hwledger
