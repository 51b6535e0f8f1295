#include "core/quantization_choice.h"

#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"

namespace hwledger {
namespace {

// What people choose from, best first: by the perplexities that llama.cpp's
// tools/quantize/README.md lists. "" is the model as it is stored.
constexpr std::string_view kQuantizations[] = {
    "",       "Q8_0",   "Q6_K",   "Q5_K_M", "Q5_K_S",  "Q4_K_M", "Q4_K_S",
    "IQ4_XS", "Q3_K_L", "Q3_K_M", "Q3_K_S", "IQ3_XXS", "Q2_K",   "IQ2_XS"};

Bytes WeightsOf(const MemoryPlan& plan) {
  Bytes weights;
  for (const DevicePlan& device : plan.devices) weights += device.weights;
  return weights;
}

}  // namespace

absl::StatusOr<QuantizationChoice> ChooseQuantization(
    const EstimateRequest& base, std::vector<std::string> quantizations,
    absl::FunctionRef<absl::StatusOr<Estimate>(const EstimateRequest&)> plan) {
  const bool usual = quantizations.empty();
  if (usual) {
    quantizations.assign(std::begin(kQuantizations), std::end(kQuantizations));
  }
  QuantizationChoice choice;
  std::optional<Bytes> stored;
  for (const std::string& quantization : quantizations) {
    EstimateRequest request = base;
    request.quantization = quantization;
    const absl::StatusOr<Estimate> estimate = plan(request);
    // Rows that are no multiple of a block go without the types that have it.
    if (!estimate.ok() && usual && stored) continue;
    ABSL_RETURN_IF_ERROR(estimate.status());
    const Bytes weights = WeightsOf(estimate->plan);
    if (usual && stored && weights >= *stored) continue;
    if (!stored) stored = weights;
    choice = {.quantization = quantization,
              .fits = estimate->plan.verdict != Verdict::kDoesNotFit};
    if (choice.fits) break;
  }
  return choice;
}

}  // namespace hwledger
