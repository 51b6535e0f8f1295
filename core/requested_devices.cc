#include "core/requested_devices.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/closest_names.h"
#include "core/field_error.h"
#include "core/planner/device_presets.h"

namespace hwledger {
namespace {

Device Described(const DeviceRequest& request, Device device) {
  if (request.memory) {
    device.total = *request.memory;
    device.free = *request.memory;
  }
  if (request.bandwidth_per_second) {
    device.bandwidth_per_second = request.bandwidth_per_second;
  }
  if (request.flops_per_second) {
    device.flops_per_second = request.flops_per_second;
    device.quantized_flops_per_second.reset();
  }
  return device;
}

bool IsPresent(const Device& device, const std::vector<Device>& present) {
  return absl::c_any_of(present, [&device](const Device& other) {
    return other.name == device.name;
  });
}

// The machine that an integrated GPU is part of.
Device HostOf(const Device& integrated) {
  return {.name = "CPU", .total = integrated.total, .free = integrated.total};
}

// Puts the host first, which holds the embedding and what is not offloaded.
// Where none was asked for it is this machine, or that of the first integrated
// GPU of another one. A further such GPU is part of a machine whose memory the
// host does not have.
std::vector<Device> WithHost(std::vector<Device> devices,
                             const std::vector<Device>& present) {
  const bool was_given = devices.front().kind == DeviceKind::kCpu;
  Device host = was_given ? devices.front() : present.front();
  bool is_settled = was_given;
  for (Device& device : devices) {
    if (!device.unified_memory || IsPresent(device, present)) continue;
    if (is_settled) {
      device.unified_memory = false;
    } else {
      host = HostOf(device);
      is_settled = true;
    }
  }
  if (!was_given) devices.insert(devices.begin(), std::move(host));
  return devices;
}

absl::StatusOr<Device> FindDevice(const DeviceRequest& request,
                                  const std::vector<Device>& present) {
  for (const Device& device : present) {
    if (device.name == request.name) return Described(request, device);
  }
  if (const auto preset = FindDevicePreset(request.name)) {
    return Described(request, *preset);
  }
  if (request.memory) {
    return Described(request, {.name = request.name,
                               .kind = DeviceKind::kGpu,
                               .computes_for_host = true});
  }
  return FieldError(
      "devices", absl::StrCat("must each be a preset, a device of this "
                              "machine, or have memory_bytes; got \"",
                              request.name, "\"",
                              DidYouMean(request.name, DevicePresetNames())));
}

// A preset stands for as many cards as there are wishes; of this machine's own
// devices there is one each.
absl::Status ValidateOnce(const Device& device,
                          const std::vector<Device>& present,
                          const std::vector<Device>& before) {
  if (!IsPresent(device, present) || !IsPresent(device, before)) {
    return absl::OkStatus();
  }
  return FieldError("devices",
                    absl::StrCat("must have each device of this machine once; "
                                 "got \"",
                                 device.name, "\" twice"));
}

}  // namespace

absl::StatusOr<std::vector<Device>> RequestedDevices(
    const std::vector<DeviceRequest>& requests,
    const std::vector<Device>& present) {
  if (requests.empty()) return present;
  std::vector<Device> devices;
  for (const DeviceRequest& request : requests) {
    ABSL_ASSIGN_OR_RETURN(Device device, FindDevice(request, present));
    ABSL_RETURN_IF_ERROR(ValidateOnce(device, present, devices));
    if (device.kind == DeviceKind::kCpu) {
      devices.insert(devices.begin(), std::move(device));
    } else {
      devices.push_back(std::move(device));
    }
  }
  return WithHost(std::move(devices), present);
}

bool AreAllPresent(const std::vector<DeviceRequest>& requests,
                   const std::vector<Device>& present) {
  const bool as_they_are =
      absl::c_none_of(requests, [](const DeviceRequest& request) {
        return request.memory || request.bandwidth_per_second ||
               request.flops_per_second;
      });
  return as_they_are && requests.size() == present.size() &&
         absl::c_all_of(present, [&requests](const Device& device) {
           return absl::c_any_of(requests, [&](const DeviceRequest& request) {
             return request.name == device.name;
           });
         });
}

}  // namespace hwledger
