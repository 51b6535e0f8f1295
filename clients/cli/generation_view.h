#pragma once

#include <string>
#include <vector>

#include "clients/cli/progress.h"
#include "clients/cli/surface.h"
#include "hwledger/v1/inference.pb.h"

namespace hwledger {

enum class Summary { kNone, kLine };

// Shows one generation to a person while it comes: text on standard output,
// what the model thinks and calls, progress, how likely tokens were and the
// summary on standard error.
class GenerationView {
 public:
  explicit GenerationView(Summary summary);

  void Show(const v1::RunInferenceResponse& event);

  // Ctrl-C came, and "^C" stands on the terminal.
  void Interrupted() { mid_line_ |= output_.terminal; }

  // Ends the line, however the stream ended.
  void End();

 private:
  void ShowText(const v1::Token& token);
  void ShowReasoning(const v1::Reasoning& reasoning);
  void EndReasoning();
  void ShowCall(const v1::ToolCall& call);
  void ShowSummary(const v1::Completion& completion);

  const Summary summary_;
  const Surface output_;
  const Surface error_;
  ProgressLine progress_;
  bool mid_line_ = false;
  bool mid_reasoning_ = false;              // On standard error.
  std::vector<v1::TokenLogprob> logprobs_;  // Shown at the end.
};

// "38 tokens at 41.2/s, first after 120 ms, memory 4.58 GiB (predicted 4.57
// GiB)"
std::string SummaryText(const v1::Completion& completion);

}  // namespace hwledger
