#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/weight_precision.h"
#include "core/planner/runtime_plan.h"

namespace hwledger {

// As its makers write it: "vLLM".
std::string_view NameOf(Runtime runtime);

// Whether the runtime computes with weights that are published so.
bool Loads(Runtime runtime, WeightPrecision precision);

// The format that a person names for weights in `runtime`. FieldError about
// quantization: it has no such; lists those that it has.
absl::StatusOr<WeightFormat> WeightFormatNamed(std::string_view name,
                                               Runtime runtime);

// `runtime`, which is not llama.cpp, with what `options` asks of it beside the
// length and the number of sequences. FieldError: it has no such option.
absl::StatusOr<RuntimeOptions> RuntimeSettings(RuntimeOptions runtime,
                                               const EngineOptions& options);

}  // namespace hwledger
