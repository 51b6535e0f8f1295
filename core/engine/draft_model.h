#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/engine/engine_options.h"
#include "core/engine/llama_model.h"
#include "core/engine/prefill_pace.h"

namespace hwledger {

// A text, and what may follow it.
struct DraftRequest {
  int64_t slot = 0;
  // What the first model has computed of it, and the token after that.
  absl::Span<const TokenId> tokens;
  int64_t count = 0;  // To be proposed, at most. 0: the text is only read.
  std::vector<TokenId>* out = nullptr;  // Where they go.
};

// A second, smaller model that says what the first would probably say. It has a
// slot for each of the first's. For the engine's thread.
class DraftModel {
 public:
  // `options` are those of `model`. As LlamaModel::Load; InvalidArgument, too:
  // its vocabulary is another, or it cannot go back in a sequence.
  static absl::StatusOr<std::unique_ptr<DraftModel>> Load(
      const std::string& path, const EngineOptions& options,
      const LlamaModel& model);

  std::vector<DeviceUse> memory() const { return model_->memory(); }

  // Reads on in the texts, the first before the others, one batch in all, and
  // of that no more than is unnoticed where texts go on (`has_running`). Then
  // proposes for each text that it has read as far as the first model. Proposes
  // nothing where it finds no room.
  void Propose(absl::Span<DraftRequest> requests, bool has_running);

 private:
  DraftModel(std::unique_ptr<LlamaModel> model, Sampler likeliest,
             int64_t vocabulary_size);

  void Read(absl::Span<const DraftRequest> requests, bool has_running);
  // Forgets what is not the start of `tokens`.
  void GoBack(int64_t slot, absl::Span<const TokenId> tokens);
  // One more token of every request that wants one. False: there is none.
  bool ProposeOne(absl::Span<DraftRequest> requests, int64_t round);
  int64_t AddNext(const DraftRequest& request, int64_t round);
  bool Compute();
  std::vector<TokenId>& Held(int64_t slot) {
    return held_[static_cast<size_t>(slot)];
  }

  std::unique_ptr<LlamaModel> model_;
  const int64_t vocabulary_size_;  // The first model's.
  Sampler likeliest_;
  PrefillPace pace_;
  std::vector<std::vector<TokenId>> held_;  // Computed, by slot.
  std::vector<int64_t> outputs_;            // By request; -1: none.
};

}  // namespace hwledger
