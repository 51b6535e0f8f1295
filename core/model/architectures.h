#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/model_shape.h"
#include "core/model/recurrent_memory.h"

namespace hwledger {

// In which layers queries and keys are rotated by their position.
enum class Positions { kRotated, kNone, kInWindows, kThreeOfFour };

// How the blocks of an architecture remember tokens, where its files do not say
// so themselves.
struct Architecture {
  std::string_view name;
  // Of as many layers the last attends to everything, the others to a window.
  // 0: all attend to everything, even where the file names a window.
  int64_t window_period = 0;
  int64_t window_if_missing = 0;
  // Later layers use the caches of earlier ones. 0: as many as the file says.
  int64_t cached_layers = 0;
  LayerKind window_kind = LayerKind::kSlidingWindow;
  bool weighs_expert_inputs = false;
  Blocks blocks = Blocks::kAttention;
  Recurrence recurrence = Recurrence::kNone;
  Positions positions = Positions::kRotated;
};

// One whose memory was compared with libllama's own accounting, byte by byte,
// by its name in GGUF. Null where there is no such.
const Architecture* FindArchitecture(std::string_view name);

}  // namespace hwledger
