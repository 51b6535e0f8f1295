#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/chat_template.h"
#include "core/engine/command_queue.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/question.h"
#include "core/engine/sampler.h"
#include "core/engine/sequence.h"
#include "core/engine/serving_options.h"
#include "core/engine/slot_memory.h"
#include "core/engine/tokenized_prompt.h"

namespace hwledger {

class EmbeddingContext;

// One model in memory, with the cache of its sequences: libllama in the
// engine's words.
class LlamaModel {
 public:
  // Hears how much is loaded, 0 to 1; false gives the load up.
  using Progress = std::function<bool(double fraction)>;

  // InvalidArgument: an option, or a file that libllama cannot load or that
  // neither generates nor embeds text. FailedPrecondition: drafts are to be
  // checked, and the model cannot take tokens back, or only embeds.
  // ResourceExhausted: not enough memory. Cancelled: given up. StartLibllama
  // comes first. `adapters` are loaded beside it, and applied so where a
  // generation says nothing else.
  static absl::StatusOr<std::unique_ptr<LlamaModel>> Load(
      const std::string& path, const EngineOptions& options,
      const Progress& progress, const ServingOptions& serving = {},
      std::vector<AdapterScale> adapters = {});
  ~LlamaModel();

  // For any thread.

  // Where it only embeds, all that serves generations is not to be called.
  bool generates() const;
  const std::vector<AdapterScale>& adapters() const;
  int64_t sequence_length() const;
  int64_t slot_count() const;
  const ServingOptions& serving() const;
  int64_t vocabulary_size() const;
  // Whether its tokens are those of `other`, but for a few at the end.
  bool SharesVocabulary(const LlamaModel& other) const;
  // Tokens that one Compute takes.
  int64_t batch_tokens() const;
  std::vector<DeviceUse> memory() const;
  bool has_chat_template() const;

  // The tokens of what is to be continued or answered.
  // InvalidArgument: none at all, or more than a sequence holds.
  // FailedPrecondition: a conversation, and the model has no template for it;
  // or the model only embeds.
  absl::StatusOr<TokenizedPrompt> Tokenize(const Generation& generation) const;

  // InvalidArgument: a text without tokens, or with more than the context
  // holds. FailedPrecondition: the model makes no embeddings.
  absl::StatusOr<TokenizedTexts> Tokenize(const EmbedQuestion& question) const;

  absl::StatusOr<Answer> AnswerOf(const TokenizeQuestion& question) const;
  // InvalidArgument: not a token of the model.
  absl::StatusOr<Answer> AnswerOf(const DetokenizeQuestion& question) const;

  // What chooses the tokens of `generation`, which is valid; `format` is that
  // of its answer. InvalidArgument: a token, a constraint or a tool's schema
  // that this model cannot do with. FailedPrecondition: tools must be called,
  // and the model marks no calls.
  absl::StatusOr<std::shared_ptr<Sampler>> MakeSampler(
      const Generation& generation,
      const std::optional<OutputFormat>& format = std::nullopt) const;

  // For the engine's thread.

  // Adds the next tokens of the sequence in `slot` to the batch; the first
  // takes `position` in it. Returns the index of the last.
  int64_t Add(int64_t slot, int64_t position, absl::Span<const TokenId> tokens);
  // How strongly the next batches apply the adapters.
  void UseAdapters(absl::Span<const float> scales);
  // Asks what follows the token at `index` of the batch.
  void AskOutput(int64_t index);
  void ClearBatch();

  enum class Outcome {
    kDone,
    // No room in the cache. Nothing was computed; the batch is as it was.
    kNoRoom,
    // `give_up` said so. The batch's slots are in disorder: forget them.
    kGivenUp,
    // As after kGivenUp.
    kFailed,
  };
  // Computes the batch. `give_up` is asked often.
  Outcome Compute(const std::function<bool()>& give_up);

  // The token that follows the one at `index` of the batch, whose output was
  // asked, unless `sampler` has a status. Its bytes stay until the next call.
  SampledToken Sample(Sampler& sampler, int64_t index);

  SlotMemory& slots();

  // A context that holds texts of `text_tokens`, made at its first use: there
  // is at most one. It stays until the next call.
  absl::StatusOr<EmbeddingContext*> ContextToEmbed(Pooling pooling,
                                                   int64_t text_tokens);
  // What that takes beside all that memory() tells.
  std::vector<DeviceUse> MemoryToEmbed() const;

 private:
  struct State;

  explicit LlamaModel(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace hwledger
