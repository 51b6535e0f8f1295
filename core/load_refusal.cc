#include "core/load_refusal.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace hwledger {

absl::Status LoadDoesNotFit(const EstimateRequest& question,
                            const MemoryPlan& plan, Estimator& estimator) {
  std::string message = absl::StrCat(question.model_id, " does not fit:");
  for (const DevicePlan& share : plan.devices) {
    if (share.verdict != Verdict::kDoesNotFit) continue;
    absl::StrAppend(&message, " ", share.device.name, " needs ",
                    share.total().mebibytes(), " MiB and has ",
                    share.device.free.value_or(Bytes()).mebibytes(),
                    " MiB free;");
  }
  absl::StrAppend(&message, " the longest sequence_length that fits is ",
                  plan.sequence_length_max);
  // Each with all else as it was asked for; the last byte may be used.
  const auto slots =
      estimator.Fit(question, FitGoal::kSlotCount, /*reserve=*/Bytes());
  if (slots.ok() && slots->fits) {
    absl::StrAppend(&message, ", the largest batch_size ",
                    slots->request.options.slot_count);
  }
  const auto layers =
      estimator.Fit(question, FitGoal::kGpuLayers, /*reserve=*/Bytes());
  if (layers.ok() && layers->fits) {
    absl::StrAppend(&message, ", the most gpu_layers ",
                    layers->request.options.gpu_layers);
  }
  return absl::ResourceExhaustedError(message);
}

}  // namespace hwledger
