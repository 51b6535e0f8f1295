#include "core/planner/roofline.h"

#include <algorithm>

namespace hwledger {
namespace {

double ReadingSeconds(const DeviceWork& work) {
  if (work.read == Bytes()) return 0;
  return static_cast<double>(work.read.count()) /
         static_cast<double>(work.bandwidth_per_second->count());
}

double ComputingSeconds(const DeviceWork& work) {
  if (!work.flops_per_second) return 0;
  return work.flops.unquantized / *work.flops_per_second +
         work.flops.quantized /
             work.quantized_flops_per_second.value_or(*work.flops_per_second);
}

}  // namespace

std::optional<PassTime> LeastTime(absl::Span<const DeviceWork> devices) {
  double reading_bound = 0;
  double compute_bound = 0;
  for (const DeviceWork& work : devices) {
    const bool knows_reading = work.bandwidth_per_second.has_value() &&
                               *work.bandwidth_per_second > Bytes();
    if (work.read > Bytes() && !knows_reading) {
      return std::nullopt;
    }
    const double reading = ReadingSeconds(work);
    const double computing = ComputingSeconds(work);
    (computing > reading ? compute_bound : reading_bound) +=
        std::max(computing, reading);
  }
  if (reading_bound + compute_bound <= 0) return std::nullopt;
  return PassTime{.seconds = reading_bound + compute_bound,
                  .binding_term = compute_bound > reading_bound
                                      ? BindingTerm::kCompute
                                      : BindingTerm::kMemoryBandwidth};
}

}  // namespace hwledger
