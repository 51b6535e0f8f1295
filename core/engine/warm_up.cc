#include "core/engine/warm_up.h"

#include <algorithm>
#include <vector>

#include "core/engine/memory_breakdown.h"

namespace hwledger {
namespace {

bool UsesGpu(const llama_context* context) {
  const std::vector<DeviceUse> uses = MemoryBreakdown(context);
  return std::ranges::any_of(uses,
                             [](const DeviceUse& use) { return !use.is_host; });
}

// Adds as many tokens to each of so many sequences; of the last of each an
// output is asked.
void Fill(TokenBatch& batch, int64_t sequence_count, int64_t tokens_each) {
  const std::vector<TokenId> tokens(static_cast<size_t>(tokens_each), 0);
  for (int64_t sequence = 0; sequence < sequence_count; ++sequence) {
    batch.AskOutput(batch.Add(sequence, 0, tokens, TokenBatch::Outputs::kNone));
  }
}

}  // namespace

bool WarmUp(llama_context* context, TokenBatch& batch,
            const std::function<bool()>& go_on) {
  if (!UsesGpu(context)) return true;
  const int64_t sequence_count = llama_n_seq_max(context);
  const int64_t prompt_tokens =
      std::min(llama_n_ubatch(context), llama_n_ctx_seq(context));
  // A prompt as long as a batch takes it in, then a text alone, then all of
  // them: kernels differ with how many tokens come together.
  const struct {
    int64_t sequence_count;
    int64_t tokens_each;
  } sizes[] = {{1, prompt_tokens}, {1, 1}, {sequence_count, 1}};
  for (const auto& size : sizes) {
    if (!go_on()) return false;
    Fill(batch, size.sequence_count, size.tokens_each);
    batch.Compute(context, [] { return false; });
    batch.Clear();
    llama_memory_clear(llama_get_memory(context), /*data=*/true);
  }
  return true;
}

}  // namespace hwledger
