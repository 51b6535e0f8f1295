#include "server/outcome_convert.h"

#include "server/inference_convert.h"
#include "server/int32.h"

namespace hwledger {

v1::Usage UsageOf(const GenerationOutcome& outcome) {
  v1::Usage usage;
  usage.set_prompt_tokens(Int32(outcome.prompt_tokens));
  usage.set_cached_prompt_tokens(Int32(outcome.cached_prompt_tokens));
  usage.set_completion_tokens(Int32(outcome.completion_tokens));
  usage.set_draft_tokens(Int32(outcome.draft_tokens));
  usage.set_accepted_draft_tokens(Int32(outcome.accepted_draft_tokens));
  return usage;
}

v1::Timings TimingsOf(const GenerationOutcome& outcome) {
  v1::Timings timings;
  if (outcome.queue_time) {
    *timings.mutable_queue_time() = ToProto(*outcome.queue_time);
  }
  if (outcome.time_to_first_token) {
    *timings.mutable_time_to_first_token() =
        ToProto(*outcome.time_to_first_token);
  }
  if (outcome.prefill_time) {
    *timings.mutable_prefill_time() = ToProto(*outcome.prefill_time);
    if (const auto rate =
            PrefillRate(outcome.prompt_tokens - outcome.cached_prompt_tokens,
                        *outcome.prefill_time)) {
      timings.set_prefill_tokens_per_second(*rate);
    }
  }
  if (outcome.decode_time) {
    *timings.mutable_decode_time() = ToProto(*outcome.decode_time);
    if (const auto rate =
            DecodeRate(outcome.completion_tokens, *outcome.decode_time)) {
      timings.set_decode_tokens_per_second(*rate);
    }
  }
  return timings;
}

}  // namespace hwledger
