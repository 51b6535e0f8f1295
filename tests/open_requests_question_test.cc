#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "tests/open_requests_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class OpenRequestsQuestionTest : public OpenRequestsTest {
 protected:
  std::shared_ptr<OpenQuestion> Ask() {
    auto open = std::make_shared<OpenQuestion>(
        [this](absl::StatusOr<Answer> answer) { answer_ = std::move(answer); });
    requests_->Ask(TokenizeQuestion{"hello"}, open);
    return open;
  }

  std::optional<absl::StatusOr<Answer>> answer_;
};

TEST_F(OpenRequestsQuestionTest, BringsTheAnswerToWhoAsked) {
  Ask();
  const Command command = Commands().front();
  EXPECT_EQ(std::get<Question>(command.action),
            Question(TokenizeQuestion{"hello"}));
  EXPECT_EQ(requests_->use().count, 1);

  Deliver({{command.generation_id, Answer(TokenizeAnswer{{{7, "hello"}}})}});

  ASSERT_TRUE(answer_);
  ASSERT_THAT(*answer_, IsOk());
  EXPECT_THAT(std::get<TokenizeAnswer>(**answer_).tokens, SizeIs(1));
  EXPECT_EQ(requests_->use().count, 0);
}

TEST_F(OpenRequestsQuestionTest, BringsTheReasonWhereThereIsNoAnswer) {
  Ask();
  const int64_t id = Commands().front().generation_id;

  Deliver({{id, absl::InternalError("broken")}});

  ASSERT_TRUE(answer_);
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kInternal));
}

TEST_F(OpenRequestsQuestionTest, TellsTheProcessOfACancelOnce) {
  const auto open = Ask();
  const int64_t id = Commands().front().generation_id;

  open->Cancel();

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].generation_id, id);
  EXPECT_TRUE(std::holds_alternative<Cancel>(commands[0].action));
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OpenRequestsQuestionTest, EndsQuestionsWithTheProcess) {
  Ask();

  requests_->End(absl::UnavailableError("it died"));

  EXPECT_THAT(*answer_,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("it died")));
  Ask();
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace hwledger
