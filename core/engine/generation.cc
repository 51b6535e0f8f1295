#include "core/engine/generation.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

// Every token takes a step through each of them.
constexpr int64_t kStopStringsMax = 16;

constexpr int64_t kUserBytesMax = 256;

// As many as the contract allows; each is looked for among all tokens.
constexpr int64_t kTopLogprobsMax = 20;

absl::Status ValidateStopStrings(const std::vector<std::string>& stop_strings) {
  if (std::ssize(stop_strings) > kStopStringsMax) {
    return FieldError("stop",
                      absl::StrFormat("must hold at most %d strings; got %d",
                                      kStopStringsMax, stop_strings.size()));
  }
  for (size_t i = 0; i < stop_strings.size(); ++i) {
    if (stop_strings[i].empty()) {
      return FieldError(absl::StrFormat("stop[%d]", i), "must not be empty");
    }
  }
  return absl::OkStatus();
}

}  // namespace

void Append(Token next, Token& token) {
  token.text += next.text;
  token.token_count += next.token_count;
  std::ranges::move(next.logprobs, std::back_inserter(token.logprobs));
}

void Append(const Reasoning& next, Reasoning& thought) {
  thought.text += next.text;
  thought.token_count += next.token_count;
}

absl::Status Validate(const Generation& generation) {
  if (const auto* chat = std::get_if<Chat>(&generation.input)) {
    ABSL_RETURN_IF_ERROR(Validate(*chat));
    if (chat->tool_choice == ToolChoice::kRequired &&
        generation.constraint != Constraint()) {
      return FieldError("chat.tool_choice",
                        "must not be REQUIRED where json_schema or grammar say "
                        "what the answer looks like");
    }
  }
  if (generation.token_count_max && *generation.token_count_max < 1) {
    return FieldError("max_tokens", absl::StrCat("must be at least 1; got ",
                                                 *generation.token_count_max));
  }
  ABSL_RETURN_IF_ERROR(ValidateStopStrings(generation.stop_strings));
  if (std::ssize(generation.user) > kUserBytesMax) {
    return FieldError("user",
                      absl::StrFormat("must have at most %d bytes; got %d",
                                      kUserBytesMax, generation.user.size()));
  }
  if (generation.top_logprobs && (*generation.top_logprobs < 0 ||
                                  *generation.top_logprobs > kTopLogprobsMax)) {
    return FieldError(
        "top_logprobs",
        absl::StrFormat("must be between 0 and %d; got %d", kTopLogprobsMax,
                        *generation.top_logprobs));
  }
  ABSL_RETURN_IF_ERROR(Validate(generation.lora_adapters));
  return Validate(generation.sampling);
}

}  // namespace hwledger
