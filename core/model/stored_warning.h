#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/gguf.h"
#include "core/model/safetensors.h"

namespace hwledger {

// A sentence for whoever plans with `header`, made of `config_json`, where the
// files beside that config store something else: other tensors, or quantized
// ones. Nothing where they store as many parameters.
std::optional<std::string> StoredWarning(std::string_view config_json,
                                         const GgufHeader& header,
                                         const StoredTensors& stored);

}  // namespace hwledger
