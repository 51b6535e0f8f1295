#include "core/engine/sequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Sequence::Clock::time_point kNoon{std::chrono::hours(12)};
constexpr int64_t kSequenceLength = 8;

TokenizedStart StartOf(int64_t prompt_tokens, Generation generation,
                       int64_t credit_tokens) {
  return {.start = {.generation = std::move(generation),
                    .credit_tokens = credit_tokens},
          .prompt = std::vector<TokenId>(static_cast<size_t>(prompt_tokens))};
}

Sequence SequenceOf(int64_t prompt_tokens, Generation generation = {},
                    int64_t credit_tokens = 100) {
  return {1, StartOf(prompt_tokens, std::move(generation), credit_tokens),
          kSequenceLength, /*cached_tokens=*/0, kNoon};
}

// Computes what is demanded and takes `bytes` as the token that follows.
std::vector<StepEvent> Step(Sequence& sequence, std::string_view bytes) {
  std::vector<StepEvent> events;
  sequence.Advance(sequence.Demand(), events);
  events.clear();
  sequence.Accept({.id = 7, .bytes = bytes}, kNoon, events);
  return events;
}

const Completion& CompletionOf(const std::vector<StepEvent>& events) {
  return std::get<Completion>(events.back().event);
}

TEST(SequenceTest, DemandsItsPromptAndThenOneTokenAtATime) {
  Sequence sequence = SequenceOf(/*prompt_tokens=*/3);
  EXPECT_EQ(sequence.Demand(), 3);
  EXPECT_FALSE(sequence.Completes(2));
  EXPECT_TRUE(sequence.Completes(3));

  Step(sequence, "a");

  EXPECT_EQ(sequence.Demand(), 1);
  EXPECT_THAT(sequence.Next(1), ElementsAre(7));
  EXPECT_EQ(sequence.computed_tokens(), 3);
}

TEST(SequenceTest, WaitsBeforeTheTokenThatItHasNoCreditFor) {
  Sequence sequence = SequenceOf(/*prompt_tokens=*/3, {}, /*credit_tokens=*/0);
  EXPECT_EQ(sequence.Demand(), 2);

  sequence.Grant(1);
  EXPECT_EQ(sequence.Demand(), 3);
  Step(sequence, "a");

  EXPECT_EQ(sequence.Demand(), 0);
  sequence.Grant(1);
  EXPECT_EQ(sequence.Demand(), 1);
}

TEST(SequenceTest, UsesCreditOnlyForTextThatIsSent) {
  Sequence sequence =
      SequenceOf(/*prompt_tokens=*/1, {.stop_strings = {"abcd"}},
                 /*credit_tokens=*/1);

  EXPECT_THAT(Step(sequence, "a"), IsEmpty());
  EXPECT_THAT(Step(sequence, "b"), IsEmpty());
  const std::vector<StepEvent> events = Step(sequence, "!");

  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(std::get<Token>(events[0].event).text, "ab!");
  EXPECT_EQ(std::get<Token>(events[0].event).token_count, 3);
  sequence.Grant(2);
  EXPECT_EQ(sequence.Demand(), 0);
  sequence.Grant(1);
  EXPECT_EQ(sequence.Demand(), 1);
}

TEST(SequenceTest, EndsAfterAsManyTokensAsWereAsked) {
  Sequence sequence = SequenceOf(1, {.token_count_max = 2});

  EXPECT_THAT(Step(sequence, "a"), SizeIs(1));
  const std::vector<StepEvent> events = Step(sequence, "b");

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(CompletionOf(events).finish_reason, FinishReason::kLength);
  EXPECT_EQ(CompletionOf(events).full_text, "ab");
  EXPECT_EQ(CompletionOf(events).completion_tokens, 2);
  EXPECT_EQ(CompletionOf(events).prompt_tokens, 1);
}

TEST(SequenceTest, EndsWhenItsContextIsFull) {
  Sequence sequence = SequenceOf(/*prompt_tokens=*/7, {.token_count_max = 50});

  const std::vector<StepEvent> events = Step(sequence, "a");

  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(CompletionOf(events).finish_reason, FinishReason::kLength);
}

TEST(SequenceTest, DoesNotCountTheTokenThatEndsTheText) {
  Sequence sequence = SequenceOf(1);
  Step(sequence, "a\xC3");
  std::vector<StepEvent> events;
  sequence.Advance(1, events);

  EXPECT_TRUE(sequence.Accept({.ends_text = true}, kNoon, events));

  EXPECT_EQ(CompletionOf(events).finish_reason, FinishReason::kEndOfText);
  EXPECT_EQ(CompletionOf(events).completion_tokens, 1);
  EXPECT_EQ(CompletionOf(events).full_text, "a\uFFFD");
}

TEST(SequenceTest, EndsWithTheTokenAfterWhichNothingMayFollow) {
  Sequence sequence = SequenceOf(1, {.token_count_max = 1});
  std::vector<StepEvent> events;
  sequence.Advance(1, events);

  EXPECT_TRUE(
      sequence.Accept({.bytes = "}", .completes_text = true}, kNoon, events));

  EXPECT_EQ(CompletionOf(events).finish_reason, FinishReason::kEndOfText);
  EXPECT_EQ(CompletionOf(events).full_text, "}");
  EXPECT_EQ(CompletionOf(events).completion_tokens, 1);
}

TEST(SequenceTest, EndsBeforeAStopString) {
  Sequence sequence = SequenceOf(1, {.stop_strings = {"END"}});
  Step(sequence, "aEN");

  const std::vector<StepEvent> events = Step(sequence, "Db");

  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(CompletionOf(events).finish_reason, FinishReason::kStopString);
  EXPECT_EQ(CompletionOf(events).stop_string, "END");
  EXPECT_EQ(CompletionOf(events).full_text, "a");
}

TEST(SequenceTest, ReportsItsPromptAtMostAsOftenAsPromised) {
  const int64_t prompt_tokens = 1000;
  Sequence sequence(1, StartOf(prompt_tokens, {}, 1), 2000, 0, kNoon);
  std::vector<StepEvent> events;

  for (int64_t i = 0; i < prompt_tokens; ++i) sequence.Advance(1, events);

  EXPECT_THAT(events, SizeIs(testing::Le(kPromptProgressMax)));
  const auto& last = std::get<PromptProgress>(events.back().event);
  EXPECT_EQ(last.processed_tokens, prompt_tokens);
  EXPECT_EQ(last.total_tokens, prompt_tokens);
}

TEST(SequenceTest, ComputesOnlyWhatIsNotCached) {
  Sequence sequence(1, StartOf(/*prompt_tokens=*/5, {}, 1), kSequenceLength,
                    /*cached_tokens=*/3, kNoon);
  EXPECT_EQ(sequence.Demand(), 2);
  std::vector<StepEvent> events;

  sequence.Advance(2, events);

  ASSERT_THAT(events, SizeIs(1));
  const auto& progress = std::get<PromptProgress>(events[0].event);
  EXPECT_EQ(progress.processed_tokens, 5);
  EXPECT_EQ(progress.cached_tokens, 3);
  sequence.Accept({.ends_text = true}, kNoon, events);
  EXPECT_EQ(CompletionOf(events).cached_prompt_tokens, 3);
  EXPECT_EQ(CompletionOf(events).prompt_tokens, 5);
}

TEST(SequenceTest, LeavesWhatIsComputed) {
  Sequence sequence = SequenceOf(/*prompt_tokens=*/2);
  Step(sequence, "a");
  Step(sequence, "b");
  EXPECT_THAT(sequence.computed(), ElementsAre(0, 0, 7));

  // Nobody has computed what follows "b".
  EXPECT_THAT(std::move(sequence).TakeComputed(), ElementsAre(0, 0, 7));
}

TEST(SequenceTest, TimesTheReadingAndTheWriting) {
  Sequence sequence = SequenceOf(1, {.token_count_max = 2});
  std::vector<StepEvent> events;
  sequence.Advance(1, events);

  sequence.Accept({.bytes = "a"}, kNoon + std::chrono::seconds(3), events);
  sequence.Advance(1, events);
  sequence.Accept({.bytes = "b"}, kNoon + std::chrono::seconds(5), events);

  EXPECT_EQ(CompletionOf(events).prefill_time, absl::Seconds(3));
  EXPECT_EQ(CompletionOf(events).decode_time, absl::Seconds(2));
}

}  // namespace
}  // namespace hwledger
