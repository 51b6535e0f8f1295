#pragma once

#include "core/engine/engine_options.h"
#include "core/planner/fit.h"

namespace hwledger {

// One step further towards what `goal` names.
inline EngineOptions OneMore(EngineOptions options, FitGoal goal) {
  switch (goal) {
    case FitGoal::kSequenceLength:
      ++options.sequence_length;
      break;
    case FitGoal::kSlotCount:
      ++options.slot_count;
      break;
    case FitGoal::kGpuLayers:
      ++options.gpu_layers;
      break;
  }
  return options;
}

}  // namespace hwledger
