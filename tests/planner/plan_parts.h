#pragma once

#include <map>
#include <vector>

#include "core/bytes.h"
#include "core/planner/explanation.h"
#include "core/planner/planner.h"

namespace hwledger {

// The parts of a plan, over all devices.
inline std::map<PlanPart, Bytes> PartsOf(const MemoryPlan& plan) {
  std::map<PlanPart, Bytes> parts;
  for (const DevicePlan& device : plan.devices) {
    parts[PlanPart::kWeights] += device.weights;
    parts[PlanPart::kKvCache] += device.kv_cache;
    parts[PlanPart::kRuntimeOverhead] +=
        device.compute_buffer + device.output_buffer + device.backend_context;
  }
  return parts;
}

// The same of what explains it.
inline std::map<PlanPart, Bytes> PartsOf(const std::vector<Term>& terms) {
  std::map<PlanPart, Bytes> parts;
  for (const Term& term : terms) parts[term.part] += term.size;
  return parts;
}

}  // namespace hwledger
