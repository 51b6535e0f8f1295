#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/estimate.h"

namespace hwledger {

struct QuantizationChoice {
  std::string quantization;
  bool fits = false;
};

// The first of `quantizations` with which the model of `base` fits, as `plan`
// has it; else the last that was tried. Empty: the usual ones, best first, none
// larger than the model as it is stored. Errors: those of `plan`.
absl::StatusOr<QuantizationChoice> ChooseQuantization(
    const EstimateRequest& base, std::vector<std::string> quantizations,
    absl::FunctionRef<absl::StatusOr<Estimate>(const EstimateRequest&)> plan);

}  // namespace hwledger
