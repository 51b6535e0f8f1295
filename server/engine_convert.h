#pragma once

#include "core/engine/engine_options.h"
#include "core/engine/link.h"
#include "core/engine/serving_options.h"
#include "hwledger/runner/v1/runner.pb.h"

// What a runner's engine is told before it loads, and what it says of itself.
// The messages come from the same build and are complete.
namespace hwledger {

runner::v1::EngineOptions ToProto(const EngineOptions& options);
EngineOptions FromProto(const runner::v1::EngineOptions& options);

runner::v1::ServingOptions ToProto(const ServingOptions& options);
ServingOptions FromProto(const runner::v1::ServingOptions& options);

runner::v1::DeviceUse ToProto(const DeviceUse& use);
DeviceUse FromProto(const runner::v1::DeviceUse& use);

runner::v1::ProjectorUse ToProto(const ProjectorUse& use);
ProjectorUse FromProto(const runner::v1::ProjectorUse& use);

runner::v1::Ready ToProto(const Ready& ready);
Ready FromProto(const runner::v1::Ready& ready);

runner::v1::Pulse ToProto(const Pulse& pulse);
Pulse FromProto(const runner::v1::Pulse& pulse);

}  // namespace hwledger
