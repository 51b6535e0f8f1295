#include "core/engine/question.h"

#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// A file of some megabytes; the answer takes several times the memory.
constexpr int64_t kTokensMax = 1'000'000;

// What a caller can be expected to send at once.
constexpr int64_t kTextsMax = 2048;

}  // namespace

absl::Status Validate(const Question& question) {
  if (const auto* detokenize = std::get_if<DetokenizeQuestion>(&question)) {
    if (std::ssize(detokenize->token_ids) > kTokensMax) {
      return FieldError(
          "token_ids",
          absl::StrFormat("must hold at most %d tokens; got %d", kTokensMax,
                          detokenize->token_ids.size()));
    }
  }
  if (const auto* embed = std::get_if<EmbedQuestion>(&question)) {
    if (embed->texts.empty() || std::ssize(embed->texts) > kTextsMax) {
      return FieldError(
          "texts", absl::StrFormat("must hold 1 to %d texts; got %d", kTextsMax,
                                   embed->texts.size()));
    }
  }
  return absl::OkStatus();
}

}  // namespace hwledger
