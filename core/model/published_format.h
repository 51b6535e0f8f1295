#pragma once

#include <optional>
#include <string_view>

#include "core/model/weight_precision.h"

namespace hwledger {

// How a model with this config.json is published for runtimes other than
// llama.cpp: as its quantization_config says, in 16 bits where there is none.
// Absent: in a way that is not known here, or it is no config.
std::optional<WeightFormat> PublishedFormat(std::string_view config_json);

}  // namespace hwledger
