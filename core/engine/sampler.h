#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/constraint/token_constraint.h"
#include "core/engine/command_queue.h"
#include "core/engine/likeliest.h"
#include "core/engine/sampling.h"

struct llama_context;     // NOLINT(readability-identifier-naming)
struct llama_sampler;     // NOLINT(readability-identifier-naming)
struct llama_token_data;  // NOLINT(readability-identifier-naming)
struct llama_vocab;       // NOLINT(readability-identifier-naming)

namespace hwledger {

// Chooses the tokens of one generation.
class Sampler {
 public:
  struct Options {
    SamplingValues values;  // Valid, for tokens of this vocabulary.
    // Penalties and DRY look no further back.
    int64_t context_tokens = 0;
    // Null: the text may be anything.
    std::unique_ptr<TokenConstraint> constraint;
    // How likely each token was is wanted too.
    std::optional<int64_t> top_logprobs;
  };
  Sampler(Options options, const llama_vocab* vocab);
  Sampler(Sampler&&) noexcept;
  ~Sampler();

  // Tells it a token that the model did not choose: of the prompt.
  void Observe(TokenId token);
  // Chooses from what the model said at `output`, an index into its last batch.
  // Any token where status() says that none could be chosen.
  TokenId Choose(llama_context* context, int32_t output);

  // Nothing may follow what was chosen.
  bool finished() const { return constraint_ && constraint_->finished(); }
  const absl::Status& status() const { return status_; }
  std::optional<int64_t> top_logprobs() const { return top_logprobs_; }

 private:
  struct Deleter {
    void operator()(llama_sampler* sampler) const;
  };

  void AddChanges(const llama_vocab* vocab);
  void AddFilters();
  void AddChoice();
  void Add(llama_sampler* sampler);

  TokenId ChooseFreely(absl::Span<const float> logits);
  TokenId ChooseAllowed(absl::Span<const float> logits);
  void TakeAll(absl::Span<const float> logits);
  void TakeLikeliest(absl::Span<const float> logits);
  TokenId ChooseCandidate(bool sorted);

  const SamplingValues values_;
  const int64_t context_tokens_;
  const int64_t vocabulary_size_;
  const std::optional<int64_t> top_logprobs_;
  std::unique_ptr<TokenConstraint> constraint_;
  // What is done to candidates, in order. Null: the likeliest is chosen.
  std::unique_ptr<llama_sampler, Deleter> chain_;
  bool remembers_tokens_ = false;
  std::vector<TokenLogit> likeliest_;
  std::vector<llama_token_data> candidates_;
  absl::Status status_;
};

}  // namespace hwledger
