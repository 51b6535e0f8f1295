#include "core/planner/throughput.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/planner/dry_results.h"
#include "core/planner/kv_cache.h"
#include "core/planner/placement.h"

namespace hwledger {
namespace {

double AttentionFlops(const LayerGroup& group, const TokenBatch& batch) {
  const Layer& layer = *group.layer;
  if (layer.kind == LayerKind::kRecurrent) return 0;
  double looked_at = static_cast<double>(batch.context_tokens) -
                     static_cast<double>(batch.tokens_per_sequence - 1) / 2;
  if (layer.window_tokens > 0) {
    looked_at = std::min(looked_at, static_cast<double>(layer.window_tokens));
  }
  const int64_t elements = layer.widths.query + layer.widths.output;
  return static_cast<double>(group.layer_count) * 2 *
         static_cast<double>(elements) *
         static_cast<double>(batch.token_count()) * looked_at;
}

// Devices that share every layer are at work at once: the slowest counts, and
// what they tell each other is not known. Each does nothing that it waits for.
std::optional<PassTime> SharedTime(absl::Span<const int64_t> sharers,
                                   std::vector<DeviceWork> work) {
  std::optional<size_t> slowest;
  double most_seconds = 0;
  for (const int64_t sharer : sharers) {
    const auto index = static_cast<size_t>(sharer);
    const DeviceWork alone = std::exchange(work[index], DeviceWork{});
    const std::optional<PassTime> time = LeastTime({&alone, 1});
    if (!time && alone.read > Bytes()) return std::nullopt;
    if (time && time->seconds > most_seconds) {
      most_seconds = time->seconds;
      if (slowest) work[*slowest] = {};
      slowest = index;
      work[index] = alone;
    }
  }
  return LeastTime(work);
}

// A rate over the tokens of `full` and `empty`, which have equally many.
// A GPU that computes large batches for the host does that work too, with
// weights that are read from the host's memory.
void HelpHost(const PlacedWeights& weights, absl::Span<const Device> devices,
              const TokenBatch& batch, std::vector<DeviceWork>& work) {
  if (batch.token_count() < kCopiedForTokens || !weights.sharers().empty()) {
    return;
  }
  for (const int64_t device : LayerDevices(devices)) {
    const auto index = static_cast<size_t>(device);
    if (!devices[index].computes_for_host) continue;
    const auto host = static_cast<size_t>(weights.placement().input);
    work[index].flops += std::exchange(work[host].flops, Flops{});
    return;
  }
}

std::optional<TokenRate> RateOf(const PlacedWeights& weights,
                                const EngineOptions& options,
                                absl::Span<const Device> devices,
                                const TokenBatch& full,
                                const TokenBatch& empty) {
  const auto time_of = [&](const TokenBatch& batch) -> std::optional<PassTime> {
    std::vector<DeviceWork> work;
    work.reserve(devices.size());
    for (size_t i = 0; i < devices.size(); ++i) {
      work.push_back(
          {.bandwidth_per_second = devices[i].bandwidth_per_second,
           .flops_per_second = devices[i].flops_per_second,
           .quantized_flops_per_second = devices[i].quantized_flops_per_second,
           .read = ReadFor(weights.share(i), batch, options),
           .flops = FlopsFor(weights.share(i), batch)});
    }
    HelpHost(weights, devices, batch, work);
    return weights.sharers().empty() ? LeastTime(work)
                                     : SharedTime(weights.sharers(), work);
  };
  const std::optional<PassTime> slowest = time_of(full);
  const std::optional<PassTime> fastest = time_of(empty);
  if (!slowest || !fastest) return std::nullopt;
  const auto tokens = static_cast<double>(full.token_count());
  return TokenRate{.low = tokens / slowest->seconds,
                   .high = tokens / fastest->seconds,
                   .binding_term = slowest->binding_term};
}

bool KnowsCompute(const PlacedWeights& weights,
                  absl::Span<const Device> devices) {
  for (size_t i = 0; i < devices.size(); ++i) {
    const ModelShare& share = weights.share(i);
    const bool computes = share.layer_count > 0 || share.has_output;
    if (computes && !devices[i].flops_per_second) return false;
  }
  return true;
}

}  // namespace

Bytes ReadFor(const ModelShare& share, const TokenBatch& batch,
              const EngineOptions& options) {
  // Without the padding that is allocated but not read.
  CacheLayout layout = CacheLayoutOf(options);
  layout.slot_count = batch.sequence_count;
  layout.stream_count = batch.sequence_count;
  layout.cells_per_stream = batch.context_tokens;
  return share.WeightsRead(batch.token_count()) + share.KvCache(layout);
}

Flops FlopsFor(const ModelShare& share, const TokenBatch& batch) {
  const double per_element = 2 * static_cast<double>(batch.token_count());
  Flops flops = {
      .unquantized =
          per_element *
          static_cast<double>(share.active_elements - share.quantized_elements),
      .quantized = per_element * static_cast<double>(share.quantized_elements)};
  (share.quantized_output ? flops.quantized : flops.unquantized) +=
      2 * static_cast<double>(share.output_elements) *
      static_cast<double>(batch.sequence_count);
  for (const LayerGroup& group : share.groups) {
    flops.unquantized += share.attention_part * AttentionFlops(group, batch);
  }
  return flops;
}

Throughput ThroughputOf(const PlacedWeights& weights,
                        const EngineOptions& options,
                        absl::Span<const Device> devices) {
  const int64_t length = options.sequence_length;
  Throughput throughput = {.decode = RateOf(weights, options, devices,
                                            {.context_tokens = length}, {})};
  if (options.slot_count > 1) {
    const int64_t slots = options.slot_count;
    throughput.decode_all =
        RateOf(weights, options, devices,
               {.sequence_count = slots, .context_tokens = length},
               {.sequence_count = slots});
  }
  if (KnowsCompute(weights, devices)) {
    const int64_t tokens = std::min(options.micro_batch_size, length);
    throughput.prefill =
        RateOf(weights, options, devices,
               {.tokens_per_sequence = tokens, .context_tokens = length},
               {.tokens_per_sequence = tokens, .context_tokens = tokens});
  }
  return throughput;
}

}  // namespace hwledger
