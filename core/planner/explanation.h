#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/planner.h"

namespace hwledger {

enum class PlanPart { kWeights, kKvCache, kRuntimeOverhead };

// One summand of a plan, with the numbers that it comes from.
struct Term {
  PlanPart part = PlanPart::kWeights;
  std::string name;     // "KV cache of 32 layers"
  std::string formula;  // "32 layers · 8192 cells · (2048 B keys + …)"
  Bytes size;
};

// What each part of `plan`, which PlanMemory made of `model` and `options`
// (OptionsBeside its additions), is the sum of.
std::vector<Term> Explain(const ModelShape& model, const EngineOptions& options,
                          const MemoryPlan& plan);

}  // namespace hwledger
