#include "core/ledger/load_entry.h"

#include <algorithm>
#include <vector>

#include "core/planner/calibration.h"

namespace hwledger {
namespace {

// A part of both what is predicted and what is measured.
struct Part {
  const char* name;
  Bytes DevicePlan::* predicted;
  Bytes DeviceUse::* measured;
};

constexpr Part kParts[] = {
    {"weights", &DevicePlan::weights, &DeviceUse::weights},
    {"KV cache", &DevicePlan::kv_cache, &DeviceUse::kv_cache},
    {"compute buffer", &DevicePlan::compute_buffer, &DeviceUse::compute_buffer},
    {"output buffer", &DevicePlan::output_buffer, &DeviceUse::output_buffer},
};

const DeviceUse* UseOf(const DevicePlan& share,
                       const std::vector<DeviceUse>& measured) {
  const auto use = std::ranges::find_if(measured, [&](const DeviceUse& one) {
    return one.is_host ? share.device.kind == DeviceKind::kCpu
                       : one.name == share.device.name;
  });
  return use == measured.end() ? nullptr : &*use;
}

// What a device holds of which nothing was measured holds nothing: the engine
// tells of all that hold something.
void AddTerms(const DevicePlan& share, const DeviceUse* use,
              std::vector<LedgerTerm>& terms) {
  for (const Part& part : kParts) {
    terms.push_back({.name = part.name,
                     .predicted = share.*part.predicted,
                     .measured = use == nullptr ? Bytes() : use->*part.measured,
                     .device = share.device.name});
  }
}

}  // namespace

LedgerEntry LoadEntryOf(const RunnerSnapshot& runner) {
  const LoadPlan& plan = runner.plan;
  LedgerEntry entry = {.loaded_at = runner.ready_at,
                       .model_id = plan.model_id,
                       .architecture = plan.architecture,
                       .quantization = plan.quantization,
                       .model_digest = plan.model_digest,
                       .sequence_length = plan.options.sequence_length,
                       .slot_count = plan.options.slot_count,
                       .options = plan.options,
                       .method = plan.method,
                       .load_time = runner.ready_at - runner.started_at,
                       .placement = PlacementOf(plan.shares),
                       .bound = plan.throughput};
  for (const DevicePlan& share : plan.shares) {
    AddTerms(share, UseOf(share, runner.measured), entry.terms);
  }
  return entry;
}

}  // namespace hwledger
