#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/gguf.h"

namespace hwledger {

// Every recipe that Quantize knows: "F16", "Q8_0", "Q4_K_M", ...
std::vector<std::string> QuantizationNames();

// `header` as llama-quantize would write it under the recipe `mix`; case does
// not matter. Without an importance matrix, as llama-quantize --dry-run: with
// one, a few tensors of some recipes differ.
//
// InvalidArgument, about the field "quantization": no such recipe, or one that
// this model's rows do not fit.
absl::StatusOr<GgufHeader> Quantize(GgufHeader header, std::string_view mix);

// The recipe that `header` says it was made by, else the type that most of its
// bytes are stored in.
std::string QuantizationOf(const GgufHeader& header);

}  // namespace hwledger
