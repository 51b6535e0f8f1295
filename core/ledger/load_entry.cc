#include "core/ledger/load_entry.h"

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

}  // namespace

LedgerEntry LoadEntryOf(const RunnerSnapshot& runner) {
  const LoadPlan& plan = runner.plan;
  LedgerEntry entry = {.loaded_at = runner.ready_at,
                       .model_id = plan.model_id,
                       .architecture = plan.architecture,
                       .quantization = plan.quantization,
                       .sequence_length = plan.options.sequence_length,
                       .slot_count = plan.options.slot_count,
                       .method = plan.method,
                       .load_time = runner.ready_at - runner.started_at};
  for (const Part& part : kParts) {
    LedgerTerm term = {.name = part.name, .measured = Bytes()};
    for (const DevicePlan& share : plan.shares) {
      term.predicted += share.*part.predicted;
    }
    for (const DeviceUse& use : runner.measured) {
      *term.measured += use.*part.measured;
    }
    entry.terms.push_back(std::move(term));
  }
  return entry;
}

}  // namespace hwledger
