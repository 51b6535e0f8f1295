#include "core/engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "core/field_error.h"
#include "llama.h"

namespace hwledger {
namespace {

// libllama takes 32 bits, of which one value means "any".
uint32_t SeedOf(const SamplingValues& values) {
  if (!values.seed) return std::random_device()();
  const auto seed = static_cast<uint64_t>(*values.seed);
  const auto folded = static_cast<uint32_t>(seed ^ (seed >> 32));
  return folded == LLAMA_DEFAULT_SEED ? 0 : folded;
}

int32_t Int32(int64_t count) {
  return static_cast<int32_t>(
      std::min<int64_t>(count, std::numeric_limits<int32_t>::max()));
}

float Float(double value) { return static_cast<float>(value); }

// Filters leave at least as many tokens.
constexpr size_t kKeptMin = 1;

}  // namespace

void Sampler::Deleter::operator()(llama_sampler* sampler) const {
  llama_sampler_free(sampler);
}

Sampler::Sampler(Options options, const llama_vocab* vocab)
    : values_(std::move(options.values)),
      context_tokens_(options.context_tokens),
      vocabulary_size_(llama_vocab_n_tokens(vocab)),
      top_logprobs_(options.top_logprobs),
      constraint_(std::move(options.constraint)) {
  remembers_tokens_ = values_.has_penalties() || values_.has_dry();
  if (values_.greedy() && !remembers_tokens_) return;
  chain_.reset(llama_sampler_chain_init({.no_perf = true}));
  AddChanges(vocab);
  if (values_.greedy()) {
    Add(llama_sampler_init_greedy());
    return;
  }
  if (!values_.mirostat) AddFilters();
  AddChoice();
}

Sampler::Sampler(Sampler&&) noexcept = default;
Sampler::~Sampler() = default;

void Sampler::Add(llama_sampler* sampler) {
  llama_sampler_chain_add(chain_.get(), sampler);
}

void Sampler::AddChanges(const llama_vocab* vocab) {
  const int64_t last_tokens =
      values_.penalty_last_tokens < 0
          ? context_tokens_
          : std::min(values_.penalty_last_tokens, context_tokens_);
  if (values_.has_penalties()) {
    Add(llama_sampler_init_penalties(
        Int32(vocabulary_size_), Int32(last_tokens),
        Float(values_.repetition_penalty), Float(values_.frequency_penalty),
        Float(values_.presence_penalty)));
  }
  if (values_.has_dry()) {
    std::vector<const char*> breakers;
    breakers.reserve(values_.dry_sequence_breakers.size());
    for (const std::string& breaker : values_.dry_sequence_breakers) {
      breakers.push_back(breaker.c_str());
    }
    Add(llama_sampler_init_dry(
        vocab, Float(values_.dry_multiplier), Float(values_.dry_base),
        Int32(values_.dry_allowed_length), Int32(last_tokens), breakers.data(),
        breakers.size()));
  }
}

void Sampler::AddFilters() {
  if (values_.top_k > 0) Add(llama_sampler_init_top_k(Int32(values_.top_k)));
  if (values_.typical_p < 1) {
    Add(llama_sampler_init_typical(Float(values_.typical_p), kKeptMin));
  }
  if (values_.top_p < 1) {
    Add(llama_sampler_init_top_p(Float(values_.top_p), kKeptMin));
  }
  if (values_.min_p > 0) {
    Add(llama_sampler_init_min_p(Float(values_.min_p), kKeptMin));
  }
  if (values_.has_xtc()) {
    Add(llama_sampler_init_xtc(Float(values_.xtc_probability),
                               Float(values_.xtc_threshold), kKeptMin,
                               SeedOf(values_)));
  }
}

void Sampler::AddChoice() {
  Add(llama_sampler_init_temp(Float(values_.temperature)));
  if (values_.mirostat) {
    Add(llama_sampler_init_mirostat_v2(SeedOf(values_),
                                       Float(values_.mirostat_tau),
                                       Float(values_.mirostat_eta)));
  } else {
    Add(llama_sampler_init_dist(SeedOf(values_)));
  }
}

void Sampler::Observe(TokenId token) {
  if (remembers_tokens_) llama_sampler_accept(chain_.get(), token);
}

TokenId Sampler::Choose(llama_context* context, int32_t output) {
  const absl::Span<const float> logits(llama_get_logits_ith(context, output),
                                       static_cast<size_t>(vocabulary_size_));
  TokenId token = ChooseFreely(logits);
  if (constraint_ && status_.ok()) {
    // To look at one token is cheap, and most often it is right.
    if (!constraint_->Allows(token)) token = ChooseAllowed(logits);
    if (constraint_->overflowed()) {
      status_ = absl::ResourceExhaustedError(
          "the grammar is too ambiguous to be followed");
    }
    if (status_.ok()) constraint_->Accept(token);
  }
  if (status_.ok()) Observe(token);
  return token;
}

TokenId Sampler::ChooseFreely(absl::Span<const float> logits) {
  if (values_.logit_bias.empty() && !remembers_tokens_) {
    // Nothing moves a token up, so that most need not be looked at twice.
    if (values_.greedy()) {
      Likeliest(logits, 1, likeliest_);
      return likeliest_.empty() ? 0 : likeliest_.front().id;
    }
    if (values_.top_k > 0 && !values_.mirostat) {
      TakeLikeliest(logits);
      return ChooseCandidate(/*sorted=*/true);
    }
  }
  TakeAll(logits);
  return ChooseCandidate(/*sorted=*/false);
}

TokenId Sampler::ChooseAllowed(absl::Span<const float> logits) {
  const std::vector<bool>& allowed = constraint_->AllowedTokens();
  TakeAll(logits);
  std::erase_if(candidates_, [&](const llama_token_data& candidate) {
    return !allowed[static_cast<size_t>(candidate.id)];
  });
  return ChooseCandidate(/*sorted=*/false);
}

void Sampler::TakeLikeliest(absl::Span<const float> logits) {
  Likeliest(logits, std::min(values_.top_k, vocabulary_size_), likeliest_);
  candidates_.clear();
  for (const auto& [id, logit] : likeliest_) {
    candidates_.push_back({.id = id, .logit = logit});
  }
}

void Sampler::TakeAll(absl::Span<const float> logits) {
  candidates_.resize(logits.size());
  for (size_t i = 0; i < logits.size(); ++i) {
    candidates_[i] = {.id = static_cast<TokenId>(i), .logit = logits[i]};
  }
  bool forbids = false;
  for (const auto& [token_id, bias] : values_.logit_bias) {
    candidates_[static_cast<size_t>(token_id)].logit += Float(bias);
    forbids = forbids || std::isinf(bias);
  }
  if (!forbids) return;
  std::erase_if(candidates_, [](const llama_token_data& candidate) {
    return std::isinf(candidate.logit);
  });
}

TokenId Sampler::ChooseCandidate(bool sorted) {
  if (candidates_.empty()) {
    status_ = absl::FailedPreconditionError(
        "the model has no token that may come next");
    return 0;
  }
  if (!chain_) {
    return std::ranges::max_element(candidates_, {}, &llama_token_data::logit)
        ->id;
  }
  llama_token_data_array array = {.data = candidates_.data(),
                                  .size = candidates_.size(),
                                  .selected = -1,
                                  .sorted = sorted};
  llama_sampler_apply(chain_.get(), &array);
  return array.data[array.selected].id;
}

}  // namespace hwledger
