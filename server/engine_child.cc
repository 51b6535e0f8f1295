#include "server/engine_child.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "hwledger/runner/v1/runner.pb.h"
#include "server/child.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"

namespace hwledger {
namespace {

// A GPU's driver may take seconds to wake up.
constexpr absl::Duration kDevicesTimeout = absl::Seconds(20);

// 10 to 100 ms is usual; a header on a slow disk takes longer.
constexpr absl::Duration kDryRunTimeout = absl::Seconds(20);

}  // namespace

absl::StatusOr<std::vector<Device>> AskDevices(const std::string& runner_path,
                                               DeviceRates rates) {
  std::vector<std::string> arguments = {"--devices"};
  if (rates == DeviceRates::kNotAsked) arguments.push_back("--no-rates");
  ABSL_ASSIGN_OR_RETURN(
      const std::string output,
      RunChild({.path = runner_path, .arguments = std::move(arguments)}, "",
               kDevicesTimeout));
  runner::v1::DeviceList list;
  if (!list.ParseFromString(output)) {
    return absl::InternalError("the engine's list of devices is garbled");
  }
  std::vector<Device> devices;
  for (const v1::Device& device : list.devices()) {
    devices.push_back(FromProto(device));
  }
  return devices;
}

absl::StatusOr<std::vector<DeviceUse>> AskDryRun(const std::string& runner_path,
                                                 const std::string& model_path,
                                                 const EngineOptions& options) {
  runner::v1::DryRunRequest request;
  request.set_path(model_path);
  *request.mutable_options() = ToProto(options);
  ABSL_ASSIGN_OR_RETURN(
      const std::string output,
      RunChild({.path = runner_path, .arguments = {"--dry-run"}},
               request.SerializeAsString(), kDryRunTimeout));
  runner::v1::DryRunResponse response;
  if (!response.ParseFromString(output)) {
    return absl::InternalError("the engine's answer to a dry run is garbled");
  }
  std::vector<DeviceUse> uses;
  for (const runner::v1::DeviceUse& use : response.devices()) {
    uses.push_back(FromProto(use));
  }
  return uses;
}

absl::StatusOr<std::vector<ProjectorUse>> AskProjectorDryRun(
    const std::string& runner_path, const std::string& projector_path,
    FlashAttention flash_attention) {
  runner::v1::ProjectorDryRunRequest request;
  request.set_path(projector_path);
  request.set_flash_attention(ToProto(flash_attention));
  ABSL_ASSIGN_OR_RETURN(
      const std::string output,
      RunChild({.path = runner_path, .arguments = {"--projector-dry-run"}},
               request.SerializeAsString(), kDryRunTimeout));
  runner::v1::ProjectorDryRunResponse response;
  if (!response.ParseFromString(output)) {
    return absl::InternalError("the engine's answer to a dry run is garbled");
  }
  std::vector<ProjectorUse> uses;
  for (const runner::v1::ProjectorUse& use : response.devices()) {
    uses.push_back(FromProto(use));
  }
  return uses;
}

}  // namespace hwledger
