#pragma once

#include "core/planner/device_presets.h"
#include "hwledger/v1/hardware.pb.h"

namespace hwledger {

v1::DevicePreset ToProto(const DevicePreset& preset);

}  // namespace hwledger
