#include "core/open_generation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/open_requests_fixture.h"

namespace hwledger {
namespace {

using ::testing::SizeIs;

// What is told of generations that have ended.
class OpenGenerationTest : public OpenRequestsTest {
 protected:
  // Of the one that has ended.
  GenerationOutcome Outcome() const {
    EXPECT_THAT(outcomes_, SizeIs(1));
    return outcomes_.empty() ? GenerationOutcome{} : outcomes_.front();
  }
};

TEST_F(OpenGenerationTest, TellsWhatACompletionCameTo) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  now_ += absl::Milliseconds(10);
  Deliver({{id, Token{.text = "hi"}}});
  now_ += absl::Milliseconds(5);
  Deliver({{id, Completion{.finish_reason = FinishReason::kLength,
                           .prompt_tokens = 10,
                           .cached_prompt_tokens = 4,
                           .completion_tokens = 2,
                           .prefill_time = absl::Milliseconds(3),
                           .decode_time = absl::Milliseconds(5)}}});

  const GenerationOutcome outcome = Outcome();
  EXPECT_EQ(outcome.code, absl::StatusCode::kOk);
  EXPECT_EQ(outcome.finish_reason, FinishReason::kLength);
  EXPECT_EQ(outcome.prompt_tokens, 10);
  EXPECT_EQ(outcome.cached_prompt_tokens, 4);
  EXPECT_EQ(outcome.completion_tokens, 2);
  EXPECT_EQ(outcome.prefill_time, absl::Milliseconds(3));
  EXPECT_EQ(outcome.decode_time, absl::Milliseconds(5));
  EXPECT_EQ(outcome.time_to_first_token, absl::Milliseconds(10));
  EXPECT_EQ(outcome.queue_time, absl::Milliseconds(10 - 3));
  EXPECT_EQ(outcome.total_time, absl::Milliseconds(15));
  EXPECT_TRUE(outcome.was_alone);
}

TEST_F(OpenGenerationTest, DoesNotTakeTokensWithoutTextForATimeInTheQueue) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  now_ += absl::Milliseconds(50);
  Deliver({{id, Completion{.completion_tokens = 9,
                           .prefill_time = absl::Milliseconds(3),
                           .decode_time = absl::Milliseconds(40)}}});

  EXPECT_EQ(Outcome().queue_time, absl::Milliseconds(50 - 40 - 3));
  EXPECT_EQ(Outcome().time_to_first_token, absl::Milliseconds(50));
}

TEST_F(OpenGenerationTest, TellsTheTimesFromTokenToToken) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  Deliver({{id, Reasoning{.text = "Hm."}}});
  now_ += absl::Milliseconds(6);
  Deliver({{id, Token{.text = "abc", .token_count = 3}}});
  now_ += absl::Milliseconds(5);
  Deliver({{id, Token{.text = "d"}}});

  stream->Cancel();

  TimeHistogram expected;
  expected.Add(absl::Milliseconds(2), 3);
  expected.Add(absl::Milliseconds(5));
  EXPECT_EQ(Outcome().token_times, expected);
}

TEST_F(OpenGenerationTest, TellsHowFarACancelledGenerationCame) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  Deliver({{id, PromptProgress{.processed_tokens = 7, .total_tokens = 7}},
           {id, Reasoning{.text = "Hm.", .token_count = 4}},
           {id, Token{.text = "a", .token_count = 2}},
           {id, Token{.text = "b"}}});

  stream->Cancel();

  const GenerationOutcome outcome = Outcome();
  EXPECT_EQ(outcome.code, absl::StatusCode::kCancelled);
  EXPECT_EQ(outcome.prompt_tokens, 7);
  EXPECT_EQ(outcome.completion_tokens, 7);
  EXPECT_TRUE(outcome.time_to_first_token.has_value());
  EXPECT_EQ(outcome.decode_time, std::nullopt);
}

TEST_F(OpenGenerationTest, TellsOfFailuresAndOfARunnerThatDies) {
  const auto failing = Submit("1");
  const auto running = Submit("2");
  const int64_t id = Commands().front().generation_id;

  Deliver({{id, absl::InvalidArgumentError("too long")}});
  requests_->End(absl::UnavailableError("killed"));
  Submit("late");

  ASSERT_THAT(outcomes_, SizeIs(3));
  EXPECT_EQ(outcomes_[0].code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(outcomes_[1].code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(outcomes_[2].code, absl::StatusCode::kUnavailable);
}

TEST_F(OpenGenerationTest, TellsWhetherItSharedTheEngine) {
  const auto alone = Submit("1");
  Deliver({{Commands().front().generation_id, Completion{}}});
  const auto first = Submit("2");
  const auto second = Submit("3");
  for (const Command& start : Commands()) {
    Deliver({{start.generation_id, Completion{}}});
  }

  ASSERT_THAT(outcomes_, SizeIs(3));
  EXPECT_TRUE(outcomes_[0].was_alone);
  EXPECT_FALSE(outcomes_[1].was_alone);
  EXPECT_FALSE(outcomes_[2].was_alone);
}

TEST_F(OpenGenerationTest, TellsWhetherItSharedItWithAQuestion) {
  const auto before = Submit("1");
  requests_->Ask(TokenizeQuestion{"hello"},
                 std::make_shared<OpenQuestion>([](const auto&) {}));
  const auto after = Submit("2");
  for (const Command& command : Commands()) {
    Deliver({{command.generation_id, Completion{}}});
  }

  ASSERT_THAT(outcomes_, SizeIs(2));
  EXPECT_FALSE(outcomes_[0].was_alone);
  EXPECT_FALSE(outcomes_[1].was_alone);
}

}  // namespace
}  // namespace hwledger
