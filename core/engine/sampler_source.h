#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "absl/status/statusor.h"
#include "core/constraint/token_pieces.h"
#include "core/engine/generation.h"
#include "core/engine/output_format.h"
#include "core/engine/sampler.h"
#include "core/engine/sampling.h"
#include "core/engine/vocabulary.h"

namespace hwledger {

// Makes what chooses the tokens of a model's generations. Any thread; lives no
// longer than the model.
class SamplerSource {
 public:
  // `marks`: control tokens that mean something in answers to chats.
  SamplerSource(const llama_model* model, std::set<TokenId> marks,
                int64_t sequence_length);

  // As LlamaModel::MakeSampler.
  absl::StatusOr<std::shared_ptr<Sampler>> Make(
      const Generation& generation,
      const std::optional<OutputFormat>& format) const;

 private:
  // Made where a text is constrained for the first time.
  struct Pieces {
    std::once_flag once;
    std::shared_ptr<const TokenPieces> made;
  };

  absl::StatusOr<std::unique_ptr<TokenConstraint>> ConstraintOf(
      const Generation& generation,
      const std::optional<OutputFormat>& format) const;

  const Vocabulary vocabulary_;
  const std::set<TokenId> marks_;
  const int64_t sequence_length_;
  const Sampling recommended_;
  mutable Pieces pieces_;
  mutable Pieces marked_pieces_;  // Where marks stand for their names, too.
};

}  // namespace hwledger
