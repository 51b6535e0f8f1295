#pragma once

#include <vector>

#include "core/engine/engine_options.h"
#include "llama.h"

namespace hwledger {

// What each device holds for `context` and its model, the host ("CPU") first,
// then the others in ggml's order, then the one that libllama makes up for
// several that share every layer: of these the most that any of them holds.
// Devices that hold nothing are left out.
std::vector<DeviceUse> MemoryBreakdown(const llama_context* context);

}  // namespace hwledger
