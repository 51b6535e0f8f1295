#include "core/open_question.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

TEST(OpenQuestionTest, TakesTheFirstAnswer) {
  std::vector<absl::StatusOr<Answer>> answers;
  OpenQuestion question(
      [&](absl::StatusOr<Answer> answer) { answers.push_back(answer); });

  question.Close(Answer(DetokenizeAnswer{"first"}));
  question.Close(absl::InternalError("second"));
  question.Cancel();

  ASSERT_EQ(answers.size(), 1);
  EXPECT_EQ(std::get<DetokenizeAnswer>(*answers[0]).text, "first");
}

TEST(OpenQuestionTest, TellsTheRunnerThatItWasGivenUp) {
  std::optional<absl::Status> status;
  OpenQuestion question(
      [&](const absl::StatusOr<Answer>& answer) { status = answer.status(); });
  bool cancelled = false;
  EXPECT_TRUE(question.Attach([&] { cancelled = true; }));

  question.Cancel();

  EXPECT_TRUE(cancelled);
  ASSERT_TRUE(status);
  EXPECT_THAT(*status, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(question.Attach([] {}));
}

TEST(OpenQuestionTest, HasOneAnswerHoweverManyThreadsCloseIt) {
  std::atomic<int> answers = 0;
  OpenQuestion question([&](const absl::StatusOr<Answer>&) { ++answers; });

  std::thread cancelling([&] { question.Cancel(); });
  question.Attach([] {});
  question.Close(Answer(DetokenizeAnswer()));
  cancelling.join();

  EXPECT_EQ(answers, 1);
}

}  // namespace
}  // namespace hwledger
