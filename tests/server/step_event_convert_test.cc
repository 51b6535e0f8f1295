#include "server/step_event_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/there_and_back.h"

namespace hwledger {
namespace {

template <typename Part>
Part AnswerAfterTheLink(Part answer) {
  const StepEvent event = ThereAndBack(StepEvent{1, Answer(std::move(answer))});
  return std::get<Part>(std::get<Answer>(event.event));
}

TEST(StepEventConvertTest, KeepsTheEventsBeforeTheLast) {
  const StepEvent queued = ThereAndBack(StepEvent{1, Queued{2}});
  const StepEvent progress =
      ThereAndBack(StepEvent{3, PromptProgress{4, 5, 6}});
  const std::vector<TokenLogprob> logprobs = {
      {.token_id = 9,
       .piece = "\xC3",
       .logprob = -1.5,
       .top = {{.token_id = 10, .piece = "a", .logprob = -0.25}}}};
  const StepEvent token = ThereAndBack(StepEvent{7, Token{"é", 8, logprobs}});

  EXPECT_EQ(std::get<Queued>(queued.event).position, 2);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).processed_tokens, 4);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).total_tokens, 5);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).cached_tokens, 6);
  EXPECT_EQ(std::get<Token>(token.event).text, "é");
  EXPECT_EQ(std::get<Token>(token.event).token_count, 8);
  EXPECT_EQ(std::get<Token>(token.event).logprobs, logprobs);

  const StepEvent reasoning = ThereAndBack(StepEvent{1, Reasoning{"Hm", 2}});
  const ToolCall call = {"1", "time", R"({"a":{"b":[1,"x",null]}})"};
  EXPECT_EQ(std::get<Reasoning>(reasoning.event).text, "Hm");
  EXPECT_EQ(std::get<Reasoning>(reasoning.event).token_count, 2);
  EXPECT_EQ(std::get<ToolCall>(ThereAndBack(StepEvent{1, call}).event), call);
}

TEST(StepEventConvertTest, KeepsACompletion) {
  const StepEvent event = ThereAndBack(
      StepEvent{1, Completion{.full_text = "text",
                              .reasoning = "thought",
                              .tool_calls = {{"1", "time", "{}"}},
                              .finish_reason = FinishReason::kStopString,
                              .stop_string = "stop",
                              .prompt_tokens = 2,
                              .cached_prompt_tokens = 3,
                              .completion_tokens = 4,
                              .prefill_time = absl::Milliseconds(1500),
                              .decode_time = absl::Nanoseconds(7)}});

  const Completion& completion = std::get<Completion>(event.event);
  EXPECT_EQ(event.generation_id, 1);
  EXPECT_EQ(completion.full_text, "text");
  EXPECT_EQ(completion.reasoning, "thought");
  EXPECT_EQ(completion.tool_calls,
            (std::vector<ToolCall>{{"1", "time", "{}"}}));
  EXPECT_EQ(completion.finish_reason, FinishReason::kStopString);
  EXPECT_EQ(completion.stop_string, "stop");
  EXPECT_EQ(completion.prompt_tokens, 2);
  EXPECT_EQ(completion.cached_prompt_tokens, 3);
  EXPECT_EQ(completion.completion_tokens, 4);
  EXPECT_EQ(completion.prefill_time, absl::Milliseconds(1500));
  EXPECT_EQ(completion.decode_time, absl::Nanoseconds(7));
}

TEST(StepEventConvertTest, KeepsAFailure) {
  const StepEvent event = ThereAndBack(
      StepEvent{1, absl::ResourceExhaustedError("the context is full")});

  EXPECT_EQ(std::get<absl::Status>(event.event),
            absl::ResourceExhaustedError("the context is full"));
}

TEST(StepEventConvertTest, KeepsAnswers) {
  const EmbedAnswer embedded = AnswerAfterTheLink(
      EmbedAnswer{.embeddings = {{1, -2}, {3}},
                  .prompt_tokens = 4,
                  .context = {{.name = "CPU", .kv_cache = Bytes(5)}}});

  EXPECT_EQ(embedded.embeddings,
            (std::vector<std::vector<float>>{{1, -2}, {3}}));
  EXPECT_EQ(embedded.prompt_tokens, 4);
  EXPECT_EQ(embedded.context.at(0).kv_cache, Bytes(5));
  EXPECT_EQ(AnswerAfterTheLink(TokenizeAnswer{{{7, "\xff"}}}).tokens,
            (std::vector<TokenPiece>{{7, "\xff"}}));
  EXPECT_EQ(AnswerAfterTheLink(DetokenizeAnswer{"é"}).text, "é");
}

}  // namespace
}  // namespace hwledger
