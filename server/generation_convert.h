#pragma once

#include "absl/status/statusor.h"
#include "core/engine/generation.h"
#include "hwledger/v1/inference.pb.h"

namespace hwledger {

// Ranges are core's to check; here only what the wire alone knows.
absl::StatusOr<Generation> FromProto(const v1::RunInferenceRequest& request);

// Leaves `seq` to the stream.
v1::RunInferenceResponse ToProto(const GenerationEvent& event);

}  // namespace hwledger
