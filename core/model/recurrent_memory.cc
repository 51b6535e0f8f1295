#include "core/model/recurrent_memory.h"

#include <algorithm>

#include "absl/status/status_macros.h"

namespace hwledger {
namespace {

// Where the file does not say how many blocks lie between attention
// (llama.cpp: src/models/qwen3next.cpp).
constexpr int64_t kIntervalIfMissing = 4;
// What RWKV looks back to: the token before, in both of a block's parts
// (llama.cpp: llama_hparams::token_shift_count).
constexpr int64_t kTokenShifts = 2;

// The last inputs of a convolution.
int64_t ConvolutionState(int64_t tokens, int64_t convolved) {
  return std::max<int64_t>(tokens - 1, 0) * convolved;
}

// State-space models and delta nets keep the last inputs of the convolution and
// a matrix per head (Mamba, arXiv:2312.00752; Mamba-2, arXiv:2405.21060; gated
// delta nets, arXiv:2412.06464):
//   (conv - 1) · (inner + 2 · groups · state) + inner · state
// where Mamba-1 has no groups. A delta net's groups are the heads of its keys.
absl::StatusOr<RecurrentWidths> ScanWidths(const ArchitectureKeys& keys) {
  ABSL_ASSIGN_OR_RETURN(const int64_t convolution,
                        keys.Required("ssm.conv_kernel"));
  ABSL_ASSIGN_OR_RETURN(const int64_t inner, keys.Required("ssm.inner_size"));
  ABSL_ASSIGN_OR_RETURN(const int64_t state, keys.Required("ssm.state_size"));
  ABSL_ASSIGN_OR_RETURN(const int64_t groups,
                        keys.Optional("ssm.group_count", 0));
  ABSL_ASSIGN_OR_RETURN(const int64_t heads,
                        keys.Required("ssm.time_step_rank"));
  const int64_t convolved = inner + 2 * groups * state;
  return RecurrentWidths{
      .inner = inner,
      .convolved = convolved,
      .heads = heads,
      .convolution_state = ConvolutionState(convolution, convolved),
      .state = inner * state};
}

// Kimi's delta attention convolves queries, keys and values one by one; they
// are equally wide (arXiv:2510.26692).
absl::StatusOr<RecurrentWidths> KimiWidths(const ArchitectureKeys& keys) {
  ABSL_ASSIGN_OR_RETURN(const int64_t convolution,
                        keys.Required("ssm.conv_kernel"));
  ABSL_ASSIGN_OR_RETURN(const int64_t head, keys.Required("kda.head_dim"));
  ABSL_ASSIGN_OR_RETURN(const int64_t heads,
                        keys.Required("attention.head_count"));
  const int64_t inner = heads * head;
  return RecurrentWidths{
      .inner = inner,
      .convolved = 3 * inner,
      .heads = heads,
      .convolution_state = ConvolutionState(convolution, 3 * inner),
      .state = inner * head};
}

// By the names of both generations (llama.cpp: src/models/rwkv6.cpp,
// rwkv7.cpp).
absl::StatusOr<MixWidths> MixWidthsOf(const ArchitectureKeys& keys,
                                      Recurrence recurrence) {
  const bool is_sixth = recurrence == Recurrence::kRwkv6;
  MixWidths widths;
  ABSL_ASSIGN_OR_RETURN(const std::vector<int64_t> channels,
                        keys.PerLayer("feed_forward_length", 0));
  widths.channels = channels.front();
  ABSL_ASSIGN_OR_RETURN(widths.mix, keys.Optional("time_mix_extra_dim", 0));
  ABSL_ASSIGN_OR_RETURN(
      widths.decay,
      keys.Optional(
          is_sixth ? "time_decay_extra_dim" : "attention.decay_lora_rank", 0));
  ABSL_ASSIGN_OR_RETURN(widths.rate,
                        keys.Optional("attention.iclr_lora_rank", 0));
  ABSL_ASSIGN_OR_RETURN(
      widths.value, keys.Optional("attention.value_residual_mix_lora_rank", 0));
  ABSL_ASSIGN_OR_RETURN(widths.gate,
                        keys.Optional("attention.gate_lora_rank", 0));
  return widths;
}

// RWKV keeps the token before, once per part of a block, and a matrix per head
// (arXiv:2404.05892, arXiv:2503.14456).
absl::StatusOr<RecurrentWidths> RwkvWidths(const ArchitectureKeys& keys,
                                           Recurrence recurrence) {
  ABSL_ASSIGN_OR_RETURN(const int64_t embedding,
                        keys.Required("embedding_length"));
  ABSL_ASSIGN_OR_RETURN(const int64_t head, keys.Required("wkv.head_size"));
  ABSL_ASSIGN_OR_RETURN(const int64_t shifts,
                        keys.Optional("token_shift_count", kTokenShifts));
  ABSL_ASSIGN_OR_RETURN(const MixWidths mixes, MixWidthsOf(keys, recurrence));
  return RecurrentWidths{.inner = embedding,
                         .convolved = embedding,
                         .heads = embedding / std::max<int64_t>(head, 1),
                         .convolution_state = shifts * embedding,
                         .state = embedding * head,
                         .mixes = mixes};
}

// LFM2 keeps nothing but the last inputs of the convolution.
absl::StatusOr<RecurrentWidths> ConvolutionWidths(
    const ArchitectureKeys& keys) {
  ABSL_ASSIGN_OR_RETURN(const int64_t embedding,
                        keys.Required("embedding_length"));
  ABSL_ASSIGN_OR_RETURN(const int64_t convolution,
                        keys.Required("shortconv.l_cache"));
  return RecurrentWidths{
      .inner = embedding,
      .convolved = embedding,
      .convolution_state = ConvolutionState(convolution, embedding)};
}

absl::StatusOr<RecurrentWidths> WidthsOf(const ArchitectureKeys& keys,
                                         Recurrence recurrence) {
  switch (recurrence) {
    case Recurrence::kKimiDelta:
      return KimiWidths(keys);
    case Recurrence::kRwkv6:
    case Recurrence::kRwkv7:
      return RwkvWidths(keys, recurrence);
    case Recurrence::kShortConvolution:
      return ConvolutionWidths(keys);
    default:
      return ScanWidths(keys);
  }
}

// Which blocks have a recurrence.
absl::StatusOr<std::vector<bool>> RecurrentBlocks(
    const ArchitectureKeys& keys, Blocks blocks,
    const std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(
      const int64_t interval,
      keys.Optional("full_attention_interval", kIntervalIfMissing));
  std::vector<int64_t> feed_forward(layers.size(), 0);
  if (blocks == Blocks::kOneOfThree) {
    ABSL_ASSIGN_OR_RETURN(feed_forward,
                          keys.PerLayer("feed_forward_length", 0));
  }
  std::vector<bool> recurrent;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto nth = static_cast<int64_t>(i) + 1;
    const bool attends = blocks == Blocks::kInterval
                             ? nth % std::max<int64_t>(interval, 1) == 0
                             : layers[i].key_elements > 0;
    recurrent.push_back(blocks == Blocks::kBoth ||
                        blocks == Blocks::kRecurrent ||
                        (!attends && feed_forward[i] == 0));
  }
  return recurrent;
}

}  // namespace

absl::Status AddRecurrences(const ArchitectureKeys& keys, Blocks blocks,
                            Recurrence recurrence, std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(RecurrentWidths widths, WidthsOf(keys, recurrence));
  ABSL_ASSIGN_OR_RETURN(const std::vector<bool> recurrent,
                        RecurrentBlocks(keys, blocks, layers));
  widths.kind = recurrence;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (!recurrent[i]) {
      // Delta nets gate what attention gives.
      if (recurrence == Recurrence::kDeltaNet) {
        layers[i].widths.query_gate = layers[i].widths.query;
      }
      continue;
    }
    if (blocks != Blocks::kBoth) layers[i] = {};
    layers[i].kind =
        blocks == Blocks::kBoth ? LayerKind::kHybrid : LayerKind::kRecurrent;
    layers[i].state_elements = widths.convolution_state + widths.state;
    layers[i].widths.recurrent = widths;
  }
  return absl::OkStatus();
}

}  // namespace hwledger
