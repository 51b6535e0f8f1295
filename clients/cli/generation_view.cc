#include "clients/cli/generation_view.h"

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/json.h"
#include "clients/cli/logprob_view.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/units.h"
#include "clients/cli/wire_time.h"

namespace hwledger {
namespace {

std::string QueuedText(const v1::Queued& queued) {
  if (queued.position() == 0) return "waiting: next in line";
  return absl::StrFormat("waiting: %d before this one", queued.position());
}

}  // namespace

std::string SummaryText(const v1::Completion& completion) {
  const v1::Timings& timings = completion.timings();
  const int32_t tokens = completion.usage().completion_tokens();
  std::vector<std::string> parts = {
      absl::StrFormat("%d token%s", tokens, tokens == 1 ? "" : "s")};
  if (timings.has_decode_tokens_per_second()) {
    absl::StrAppend(&parts.back(), " at ",
                    FormatRate(timings.decode_tokens_per_second()), "/s");
  }
  if (timings.has_time_to_first_token()) {
    parts.push_back(
        absl::StrCat("first after ",
                     FormatElapsed(ToDuration(timings.time_to_first_token()))));
  }
  if (completion.has_memory()) {
    parts.push_back(
        absl::StrFormat("memory %s (predicted %s)",
                        FormatBytes(completion.memory().measured_bytes()),
                        FormatBytes(completion.memory().predicted_bytes())));
  }
  return absl::StrJoin(parts, ", ");
}

GenerationView::GenerationView(Summary summary)
    : summary_(summary), output_(OutputSurface()), error_(ErrorSurface()) {}

void GenerationView::Show(const v1::RunInferenceResponse& event) {
  switch (event.event_case()) {
    case v1::RunInferenceResponse::kQueued:
      progress_.Show(QueuedText(event.queued()));
      break;
    case v1::RunInferenceResponse::kLoadProgress:
      progress_.ShowLoading(event.load_progress());
      break;
    case v1::RunInferenceResponse::kPromptProgress:
      progress_.Show(absl::StrFormat("reading the prompt: %d of %d tokens",
                                     event.prompt_progress().processed_tokens(),
                                     event.prompt_progress().total_tokens()));
      break;
    case v1::RunInferenceResponse::kToken:
      ShowText(event.token());
      break;
    case v1::RunInferenceResponse::kReasoning:
      ShowReasoning(event.reasoning());
      break;
    case v1::RunInferenceResponse::kToolCall:
      ShowCall(event.tool_call());
      break;
    case v1::RunInferenceResponse::kCompletion:
      ShowSummary(event.completion());
      break;
    default:
      break;  // A kind of event that came after this program.
  }
}

void GenerationView::ShowText(const v1::Token& token) {
  progress_.Clear();
  logprobs_.insert(logprobs_.end(), token.logprobs().begin(),
                   token.logprobs().end());
  EndReasoning();
  const std::string text =
      output_.terminal ? DropControls(token.text()) : token.text();
  if (text.empty()) return;
  std::cout << text << std::flush;
  mid_line_ = text.back() != '\n';
}

void GenerationView::ShowReasoning(const v1::Reasoning& reasoning) {
  progress_.Clear();
  const std::string text =
      error_.terminal ? DropControls(reasoning.text()) : reasoning.text();
  if (text.empty()) return;
  std::cerr << Painted(text, Paint::kDim, error_) << std::flush;
  mid_reasoning_ = true;
}

void GenerationView::EndReasoning() {
  if (!mid_reasoning_) return;
  std::cerr << '\n';
  mid_reasoning_ = false;
}

void GenerationView::ShowCall(const v1::ToolCall& call) {
  End();
  std::cerr << Painted(absl::StrCat("[calls ", call.name(), " with ",
                                    EscapeControls(JsonText(call.arguments())),
                                    "]"),
                       Paint::kYellow, error_)
            << '\n';
}

void GenerationView::ShowSummary(const v1::Completion& completion) {
  End();
  for (const v1::TokenLogprob& logprob : logprobs_) {
    std::cerr << LogprobText(logprob) << '\n';
  }
  if (summary_ == Summary::kNone) return;
  if (completion.finish_reason() == v1::FINISH_REASON_LENGTH) {
    std::cerr << Painted("[cut off: no more tokens were allowed]",
                         Paint::kYellow, error_)
              << '\n';
  }
  std::cerr << Painted(absl::StrCat("[", SummaryText(completion), "]"),
                       Paint::kDim, error_)
            << '\n';
}

void GenerationView::End() {
  progress_.Clear();
  EndReasoning();
  if (!mid_line_) return;
  std::cout << '\n' << std::flush;
  mid_line_ = false;
}

}  // namespace hwledger
