#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "core/model/architecture_keys.h"
#include "core/model/model_shape.h"

namespace hwledger {

// The layers of a model with what each remembers and how wide its attention or
// scan is. Weights are left empty.
//
// Unimplemented: an architecture whose rules are not known; DataLoss: keys that
// it needs are missing or absurd.
absl::StatusOr<std::vector<Layer>> LayerMemory(const ArchitectureKeys& keys);

}  // namespace hwledger
