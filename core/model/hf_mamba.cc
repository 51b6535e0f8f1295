#include <string_view>

#include "core/model/hf_mixer.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

// Where the config does not say.
struct Defaults {
  int64_t vocabulary_multiple = 1;
  bool tied = false;
};

// A model of nothing but layers of `mixer`, of either kind.
template <typename AnyMixer>
void AddMixerModel(const AnyMixer& mixer, const Defaults& defaults,
                   HfConfig& config, HeaderDraft& draft) {
  const int64_t vocabulary = RoundedUp(
      config.Count("vocab_size"),
      config.CountOr("pad_vocab_size_multiple", defaults.vocabulary_multiple));
  const int64_t block_count = config.Count("num_hidden_layers");
  draft.Set("context_length", kUnlimitedTokens);
  draft.Set("embedding_length", mixer.embedding);
  draft.Set("feed_forward_length", int64_t{0});
  draft.Set("attention.head_count", int64_t{0});
  draft.Set("block_count", block_count);
  draft.Set("vocab_size", vocabulary);
  draft.Set("attention.layer_norm_rms_epsilon",
            config.RealOr("layer_norm_epsilon", 1e-5));
  SetMixerKeys(mixer, draft);
  AddEnds({.embedding_elements = mixer.embedding,
           .vocabulary_size = vocabulary,
           .tied = config.FlagOr("tie_word_embeddings", defaults.tied)},
          draft);
  for (int64_t block = 0; block < block_count; ++block) {
    draft.Add(BlockTensor(block, "attn_norm.weight"), {mixer.embedding});
    AddMixer(mixer, block, draft);
  }
}

}  // namespace

void AddMamba1(std::string_view model_type, HfConfig& config,
               HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const SelectiveMixer mixer = {
      .embedding = embedding,
      .inner = config.CountOr("intermediate_size", 2 * embedding),
      .state = config.CountOr("state_size", 16),
      .rank = config.CountOr("time_step_rank", TimeStepRank(embedding)),
      .convolution = config.CountOr("conv_kernel", 4)};
  // Norms without weights.
  draft.Set("ssm.dt_b_c_rms", model_type == "falcon_mamba");
  AddMixerModel(mixer, {.vocabulary_multiple = 8, .tied = true}, config, draft);
}

void AddMamba2(HfConfig& config, HeaderDraft& draft) {
  const int64_t embedding = config.Count("hidden_size");
  const int64_t inner = config.CountOr("intermediate_size", 2 * embedding);
  const Mixer mixer = {.embedding = embedding,
                       .inner = inner,
                       .state = config.CountOr("state_size", 128),
                       .heads = inner / config.CountOr("head_dim", 64),
                       .groups = config.CountOr("n_groups", 1),
                       .convolution = config.CountOr("conv_kernel", 4)};
  AddMixerModel(mixer, {.vocabulary_multiple = 16, .tied = false}, config,
                draft);
}

}  // namespace hwledger
