#pragma once

#include <string>

#include "core/engine/engine_options.h"

namespace hwledger {

// The llama-server command line that loads the same configuration, quoted for a
// shell. `path`: the model file; empty for a catalogue model.
std::string LlamaServerCommand(const std::string& path,
                               const EngineOptions& options);

}  // namespace hwledger
