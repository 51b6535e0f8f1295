#include "core/engine/sampler.h"

#include <algorithm>
#include <random>

#include "llama.h"

namespace hwledger {
namespace {

bool HasPenalties(const Sampling& sampling) {
  return sampling.repetition_penalty != 1 || sampling.frequency_penalty != 0 ||
         sampling.presence_penalty != 0;
}

// libllama takes 32 bits, of which one value means "any".
uint32_t SeedOf(const Sampling& sampling) {
  if (!sampling.seed) return std::random_device()();
  const auto seed = static_cast<uint64_t>(*sampling.seed);
  const auto folded = static_cast<uint32_t>(seed ^ (seed >> 32));
  return folded == LLAMA_DEFAULT_SEED ? 0 : folded;
}

int32_t Int32(int64_t count) {
  return static_cast<int32_t>(
      std::min<int64_t>(count, std::numeric_limits<int32_t>::max()));
}

// Filters leave at least as many tokens.
constexpr size_t kKeptMin = 1;

void AddFilters(const Sampling& sampling, llama_sampler* chain) {
  const auto add = [&](llama_sampler* sampler) {
    llama_sampler_chain_add(chain, sampler);
  };
  if (sampling.top_k > 0) {
    add(llama_sampler_init_top_k(Int32(sampling.top_k)));
  }
  if (sampling.typical_p < 1) {
    add(llama_sampler_init_typical(static_cast<float>(sampling.typical_p),
                                   kKeptMin));
  }
  if (sampling.top_p < 1) {
    add(llama_sampler_init_top_p(static_cast<float>(sampling.top_p), kKeptMin));
  }
  if (sampling.min_p > 0) {
    add(llama_sampler_init_min_p(static_cast<float>(sampling.min_p), kKeptMin));
  }
}

}  // namespace

void Sampler::Deleter::operator()(llama_sampler* sampler) const {
  llama_sampler_free(sampler);
}

Sampler::Sampler(const Sampling& sampling, int64_t vocabulary_size,
                 int64_t context_tokens)
    : vocabulary_size_(vocabulary_size) {
  const bool greedy = sampling.temperature == 0;
  if (greedy && !HasPenalties(sampling)) return;
  chain_.reset(llama_sampler_chain_init({.no_perf = true}));
  if (HasPenalties(sampling)) {
    llama_sampler_chain_add(chain_.get(),
                            llama_sampler_init_penalties(
                                Int32(vocabulary_size), Int32(context_tokens),
                                static_cast<float>(sampling.repetition_penalty),
                                static_cast<float>(sampling.frequency_penalty),
                                static_cast<float>(sampling.presence_penalty)));
  }
  if (greedy) {
    llama_sampler_chain_add(chain_.get(), llama_sampler_init_greedy());
    return;
  }
  AddFilters(sampling, chain_.get());
  llama_sampler_chain_add(
      chain_.get(),
      llama_sampler_init_temp(static_cast<float>(sampling.temperature)));
  llama_sampler_chain_add(chain_.get(),
                          llama_sampler_init_dist(SeedOf(sampling)));
}

void Sampler::Observe(TokenId token) {
  if (chain_) llama_sampler_accept(chain_.get(), token);
}

TokenId Sampler::Choose(llama_context* context, int32_t output) {
  if (chain_) return llama_sampler_sample(chain_.get(), context, output);
  const float* logits = llama_get_logits_ith(context, output);
  return static_cast<TokenId>(
      std::max_element(logits, logits + vocabulary_size_) - logits);
}

}  // namespace hwledger
