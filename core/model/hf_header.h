#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/model/gguf.h"

namespace hwledger {

// The header of the GGUF file that llama.cpp's converter would make of the
// model with this config.json (without its vocabulary): what a model takes can
// be told from its config alone.
//
// InvalidArgument: the config is not JSON, or a key is missing or absurd.
// Unimplemented: a type of model whose tensors are not known here.
absl::StatusOr<GgufHeader> HeaderOfHfConfig(std::string_view config_json);

}  // namespace hwledger
