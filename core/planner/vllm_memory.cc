#include "core/planner/vllm_memory.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// CUDA graphs of all batch sizes up to 512, as logged: 0.11 GiB (a small model,
// 19 sizes), 0.23 (Llama 3.1 8B, 0.31), 0.67 (a 7B model, 0.11), 1.02 (Gemma 3
// 27B, 0.11) and 2.24 (Qwen3 8B, 0.9.2). They count against the share since
// vLLM 0.21 (VLLM_MEMORY_PROFILER_ESTIMATE_CUDAGRAPHS); before, they came on
// top.
constexpr MemoryRange kCudaGraphs = {MiB(100), MiB(600), MiB(2300)};

// Allocated by libraries, beside PyTorch, on one device (logged: 0.07 to 0.33
// GiB) and on one of several, with NCCL's buffers (0.15 to 0.95 GiB).
constexpr MemoryRange kNonTorch = {MiB(70), MiB(200), MiB(340)};
constexpr MemoryRange kNonTorchParallel = {MiB(150), MiB(400), MiB(1000)};

bool IsLarge(const Device& device) {
  return device.total && *device.total >= GiB(70) &&
         !absl::StrContainsIgnoreCase(device.description, "a100") &&
         !absl::StrContainsIgnoreCase(device.name, "a100");
}

// Of the row of rotations that each position has.
int64_t RotatedElements(const ModelShape& model) {
  int64_t head = 0;
  for (const Layer& layer : model.layers) {
    if (layer.widths.query_heads == 0) continue;
    const int64_t size = layer.widths.query / layer.widths.query_heads;
    // Latent attention rotates the part of a row beyond the latent.
    head = std::max(head, layer.kind == LayerKind::kLatentAttention
                              ? layer.key_elements - layer.widths.latent
                              : size);
  }
  return head;
}

// Elements per token of one device that a layer has alive at its worst.
int64_t LayerElements(const Layer& layer, int64_t embedding, int64_t parts) {
  const LayerWidths& widths = layer.widths;
  const int64_t attention = (2 * widths.query + layer.key_elements +
                             layer.value_elements + widths.unlatent) /
                            parts;
  const int64_t gates = widths.is_gated ? 3 : 2;
  const int64_t dense = gates * widths.feed_forward / parts;
  // The experts' inputs and outputs share a buffer (vllm/model_executor/layers/
  // fused_moe/fused_moe.py: fused_experts_impl).
  const int64_t sparse =
      widths.experts_used *
      (std::max(2 * widths.expert_feed_forward / parts, embedding) +
       widths.expert_feed_forward / parts);
  const int64_t scan =
      (3 * widths.recurrent.inner + 2 * widths.recurrent.convolved) / parts;
  return 2 * embedding + std::max({attention, dense, sparse, scan});
}

Bytes ShareOf(const Device& device, double utilization) {
  return Bytes(static_cast<int64_t>(static_cast<double>(device.total->count()) *
                                    utilization));
}

Verdict VerdictOf(const VllmMemory& plan, const VllmOptions& options,
                  const Device& device) {
  if (device.free && *device.free < plan.share) return Verdict::kDoesNotFit;
  const auto asked = static_cast<double>(options.sequence_count);
  if (plan.sequences_max.low >= asked) return Verdict::kFits;
  return plan.sequences_max.expected >= asked ? Verdict::kTight
                                              : Verdict::kDoesNotFit;
}

MemoryRange AtLeast(Bytes least, const MemoryRange& range) {
  return {std::max(least, range.low), std::max(least, range.expected),
          std::max(least, range.high)};
}

// The more the others take, the less is left.
MemoryRange Remainder(Bytes share, const MemoryRange& taken) {
  return {share - taken.high, share - taken.expected, share - taken.low};
}

void SetCapacity(const MemoryRange& pool, VllmMemory& plan) {
  if (plan.cache.block == Bytes()) return;
  const auto tokens = [&plan](Bytes size) {
    return static_cast<double>(plan.cache.TokensIn(size / plan.cache.block));
  };
  const auto sequences = [&plan](Bytes size) {
    return plan.cache.SequencesIn(size / plan.cache.block);
  };
  plan.tokens_max = {tokens(pool.low), tokens(pool.expected),
                     tokens(pool.high)};
  plan.sequences_max = {sequences(pool.low), sequences(pool.expected),
                        sequences(pool.high)};
}

// Of the widest layer.
int64_t WidestElements(const ModelShape& model, int64_t parts) {
  int64_t elements = 0;
  for (const Layer& layer : model.layers) {
    elements = std::max(elements,
                        LayerElements(layer, model.embedding_elements, parts));
  }
  return elements;
}

std::string WeightsFormula(const ModelShape& model,
                           const FormattedWeights& weights,
                           const VllmOptions& options) {
  const int64_t parts = options.tensor_parallel_size;
  const std::string tensors =
      parts == 1 ? absl::StrFormat("%d B of tensors", weights.total.count())
                 : absl::StrFormat("1/%d of %d B of tensors, %d B whole", parts,
                                   (weights.total - weights.replicated).count(),
                                   weights.replicated.count());
  return absl::StrFormat(
      "%s, and %d positions · %d elements · 2 B of rotations; vllm "
      "rotary_embedding/base.py",
      tensors, model.context_tokens_max, RotatedElements(model));
}

std::string ActivationsFormula(const ModelShape& model,
                               const VllmOptions& options, int64_t slots) {
  return absl::StrFormat(
      "the larger of 2 B · %d tokens of a batch · %d elements of the widest "
      "layer and 10 B · %s · %d tokens of the vocabulary; vllm "
      "gpu_model_runner.py: profile_run",
      options.batch_tokens_max,
      WidestElements(model, options.tensor_parallel_size),
      CountedSequences(slots), model.vocabulary_size);
}

std::string CacheFormula(const VllmMemory& plan, const VllmOptions& options,
                         const Device& device) {
  return absl::StrFormat(
      "%g · %d B of the device, less all but this: %.0f tokens, in blocks of "
      "%d B; vllm gpu_worker.py: determine_available_memory",
      options.memory_utilization, device.total->count(),
      plan.tokens_max.expected, plan.cache.block.count());
}

std::string Logged(const MemoryRange& range, std::string_view versions) {
  return absl::StrFormat("%d to %d MiB in logs of vLLM %s",
                         range.low.mebibytes(), range.high.mebibytes(),
                         versions);
}

}  // namespace

absl::Status ValidateVllm(const ModelShape& model, const VllmOptions& options,
                          const Device& device) {
  ABSL_RETURN_IF_ERROR(
      Validate(RuntimeLoad{.sequence_length = options.sequence_length,
                           .sequence_count = options.sequence_count}));
  ABSL_RETURN_IF_ERROR(ValidateRange(
      "max_num_batched_tokens", options.batch_tokens_max, 0, int64_t{1} << 30));
  // NaN is in no range.
  const bool in_range =
      options.memory_utilization > 0 && options.memory_utilization <= 1;
  if (!in_range) {
    return FieldError("gpu_memory_utilization",
                      absl::StrFormat("must be above 0 and at most 1; got %g",
                                      options.memory_utilization));
  }
  const int64_t parts = options.tensor_parallel_size;
  ABSL_RETURN_IF_ERROR(ValidateRange("tensor_parallel_size", parts, 1, 1024));
  // vllm/config/model.py: verify_with_parallel_config.
  for (const Layer& layer : model.layers) {
    if (layer.widths.query_heads % parts == 0) continue;
    return FieldError(
        "tensor_parallel_size",
        absl::StrFormat("must divide the %d attention heads; got %d",
                        layer.widths.query_heads, parts));
  }
  if (!device.total) {
    return FieldError("devices",
                      absl::StrFormat("must have a known size of memory; that "
                                      "of \"%s\" is not",
                                      device.name));
  }
  return absl::OkStatus();
}

int64_t VllmBatchTokens(const Device& device) {
  return IsLarge(device) ? 8192 : 2048;
}

Bytes VllmWeights(const ModelShape& model, const FormattedWeights& weights,
                  int64_t tensor_parallel_size) {
  const Bytes split = weights.total - weights.replicated;
  return weights.replicated + Bytes(split.count() / tensor_parallel_size) +
         model.context_tokens_max * (RotatedElements(model) * Bytes(2));
}

MemoryRange VllmActivations(const ModelShape& model, const VllmOptions& options,
                            int64_t sequence_slots) {
  const int64_t elements = WidestElements(model, options.tensor_parallel_size);
  const Bytes forward = options.batch_tokens_max * (elements * Bytes(2));
  // Every device gathers whole rows of logits.
  const Bytes logit = sequence_slots * Bytes(model.vocabulary_size);
  const MemoryRange peak =
      Within(std::max(forward, 10 * logit), /*less=*/30, /*more=*/30);
  return {peak.low, peak.expected, std::max(peak.high, 41 * logit)};
}

absl::StatusOr<VllmMemory> VllmMemoryOf(const ModelShape& model,
                                        const FormattedWeights& weights,
                                        VllmOptions options,
                                        const Device& device) {
  ABSL_RETURN_IF_ERROR(ValidateVllm(model, options, device));
  if (options.batch_tokens_max == 0) {
    options.batch_tokens_max = VllmBatchTokens(device);
  }
  const int64_t slots =
      std::min(options.sequence_count, options.batch_tokens_max);
  const MemoryRange libraries =
      options.tensor_parallel_size > 1 ? kNonTorchParallel : kNonTorch;

  VllmMemory plan = {.share = ShareOf(device, options.memory_utilization),
                     .beside = kCudaContext};
  ABSL_ASSIGN_OR_RETURN(plan.cache, VllmCacheOf(model, options));
  plan.memory.parts = {
      {RuntimePartKind::kWeights, "weights",
       Within(VllmWeights(model, weights, options.tensor_parallel_size), 0, 1),
       WeightsFormula(model, weights, options)},
      {RuntimePartKind::kActivations, "activations",
       VllmActivations(model, options, slots),
       ActivationsFormula(model, options, slots)},
      {RuntimePartKind::kOverhead, "CUDA graphs",
       options.enforce_eager ? MemoryRange{} : kCudaGraphs,
       Logged(kCudaGraphs, "0.9 to 0.31")},
      {RuntimePartKind::kOverhead, "libraries", libraries,
       Logged(libraries, "0.6 to 0.31")}};
  const MemoryRange taken = plan.memory.total();
  plan.total = AtLeast(plan.share, taken);
  const MemoryRange pool = Remainder(plan.share, taken);
  SetCapacity(pool, plan);
  plan.memory.parts.push_back({RuntimePartKind::kKvCache, "keys and values",
                               pool, CacheFormula(plan, options, device)});
  plan.verdict = VerdictOf(plan, options, device);
  return plan;
}

}  // namespace hwledger
