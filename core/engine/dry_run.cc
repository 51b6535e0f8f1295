#include "core/engine/dry_run.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_format.h"
#include "core/engine/libllama.h"
#include "core/engine/llama_params.h"
#include "core/engine/memory_breakdown.h"
#include "core/model/gguf.h"
#include "llama-cpp.h"

namespace hwledger {
namespace {

// Zeroing as much takes about a second.
constexpr Bytes kStatesMax = GiB(4);

// libllama's record of each cell, about 52 bytes, is allocated even then: as
// many take 220 MB and a third of a second.
constexpr int64_t kCellsMax = int64_t{1} << 22;

absl::Status ValidateCells(const EngineOptions& options) {
  if (options.sequence_length <= kCellsMax / options.slot_count) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrFormat(
      "a cache of %d tokens is too large for a dry run, which takes up to %d",
      options.sequence_length * options.slot_count, kCellsMax));
}

absl::StatusOr<std::vector<DeviceUse>> BreakdownOf(
    llama_model* model, const EngineOptions& options) {
  const llama_context_ptr context(
      llama_init_from_model(model, ContextParams(options)));
  if (context == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("libllama refuses these options for this model: %s",
                        TakeLibllamaError()));
  }
  std::vector<DeviceUse> uses = MemoryBreakdown(context.get());
  // There is room for one of each sequence until more are wanted.
  for (DeviceUse& use : uses) {
    use.output_buffer = options.outputs_per_slot * use.output_buffer;
  }
  return uses;
}

// Refuses what would really be allocated: the states of a recurrent model. One
// sequence without much of a cache tells how large they are.
absl::Status ValidateStates(llama_model* model, EngineOptions options) {
  const int64_t sequences = options.slot_count;
  if (!llama_model_is_recurrent(model) && !llama_model_is_hybrid(model)) {
    return absl::OkStatus();
  }
  options.sequence_length = 1;
  options.slot_count = 1;
  ABSL_ASSIGN_OR_RETURN(const std::vector<DeviceUse> uses,
                        BreakdownOf(model, options));
  Bytes state;
  for (const DeviceUse& use : uses) state += use.kv_cache;
  if (sequences * state <= kStatesMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat(
      "the states of %d sequences are too large for a dry run: %d MiB, of %d",
      sequences, (sequences * state).mebibytes(), kStatesMax.mebibytes()));
}

}  // namespace

absl::StatusOr<std::vector<DeviceUse>> DryRun(const std::string& path,
                                              const EngineOptions& options) {
  ABSL_RETURN_IF_ERROR(Validate(options));
  ABSL_RETURN_IF_ERROR(ValidateCells(options));
  ABSL_ASSIGN_OR_RETURN(const GgufHeader header, ReadGguf(path));
  const HostExperts host_experts(options);
  llama_model_params params = ModelParams(options, host_experts, header);
  params.no_alloc = true;
  // With any other mode no_alloc ends the process.
  params.load_mode = LLAMA_LOAD_MODE_NONE;
  const llama_model_ptr model(llama_model_load_from_file(path.c_str(), params));
  if (model == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrFormat("libllama cannot load the model: %s: \"%s\"",
                        TakeLibllamaError(), path));
  }
  ABSL_RETURN_IF_ERROR(ValidateStates(model.get(), options));
  return BreakdownOf(model.get(), options);
}

}  // namespace hwledger
