#pragma once

#include <string>

#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/library.pb.h"

namespace hwledger {

// What a Prometheus server scrapes: text in its format, version 0.0.4. Series
// are by loaded model and by device, so there are as many as fit the machine.
std::string MetricsText(const v1::ListLoadedModelsResponse& loaded,
                        const v1::ListDevicesResponse& devices);

}  // namespace hwledger
