#include "core/open_requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

#include "tests/open_requests_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(OpenRequestsTest, DeliversAGenerationsEventsAndThenItsEnd) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  Deliver({{id, Token{.text = "hi"}}, {id, Completion{}}});

  const GenerationStream::Delivery delivery = Next(*stream);
  EXPECT_THAT(delivery.items, SizeIs(2));
  ASSERT_TRUE(delivery.end.has_value());
  EXPECT_THAT(*delivery.end, IsOk());
  EXPECT_EQ(requests_->use().count, 0);
}

TEST_F(OpenRequestsTest, KeepsTheEventsOfGenerationsApart) {
  const auto first = Submit("1");
  const auto second = Submit("2");
  const std::vector<Command> starts = Commands();

  Deliver({{starts[1].generation_id, Token{.text = "b"}},
           {starts[0].generation_id, Token{.text = "a"}}});

  EXPECT_EQ(std::get<Token>(Next(*first).items[0]).text, "a");
  EXPECT_EQ(std::get<Token>(Next(*second).items[0]).text, "b");
}

TEST_F(OpenRequestsTest, TellsTheProcessOfACancelAndEndsTheStream) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  stream->Cancel();

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].generation_id, id);
  EXPECT_TRUE(std::holds_alternative<Cancel>(commands[0].action));
  EXPECT_THAT(*Next(*stream).end, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OpenRequestsTest, CancelsAStreamThatWasGivenUpBeforeItWasSubmitted) {
  auto stream = std::make_shared<GenerationStream>();
  stream->Cancel();

  requests_->Submit({.input = "hello"}, stream, /*progress=*/std::nullopt);

  EXPECT_THAT(*Next(*stream).end, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(requests_->use().count, 0);
}

TEST_F(OpenRequestsTest, GrantsCreditForWhatWasTaken) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  Deliver({{id, Token{.text = "a",
                      .token_count = GenerationStream::kCreditTokens}}});

  Next(*stream);

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(std::get<Grant>(commands[0].action).credit_tokens,
            GenerationStream::kCreditTokens);
}

TEST_F(OpenRequestsTest, EndsWithTheReasonOfItsEndWhateverComesLate) {
  const auto waiting = Submit("hello");

  requests_->End(absl::UnavailableError("killed by signal 9"));

  const auto late = Submit("late");
  EXPECT_THAT(*Next(*waiting).end,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("signal 9")));
  EXPECT_THAT(*Next(*late).end,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("signal 9")));
}

TEST_F(OpenRequestsTest, LetsWhatRunsGoOnWhileItRefusesMore) {
  const auto running = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  requests_->Refuse(absl::CancelledError("demo was unloaded"));

  const auto late = Submit("late");
  Deliver({{id, Completion{}}});
  EXPECT_THAT(*Next(*running).end, IsOk());
  EXPECT_THAT(*Next(*late).end, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(OpenRequestsTest, IsVacantOnceTheLastOneIsGone) {
  const absl::Status idle = absl::CancelledError("idle");
  const auto stream = Submit("hello");
  EXPECT_FALSE(requests_->RefuseIfVacant(absl::InfiniteFuture(), idle));
  now_ += absl::Seconds(2);
  stream->Cancel();

  EXPECT_FALSE(requests_->RefuseIfVacant(now_ - absl::Seconds(1), idle));
  EXPECT_TRUE(requests_->RefuseIfVacant(now_, idle));

  EXPECT_THAT(*Next(*Submit("late")).end,
              StatusIs(absl::StatusCode::kCancelled, "idle"));
}

TEST_F(OpenRequestsTest, RefusesMoreThanItsQueueHolds) {
  std::vector<std::shared_ptr<GenerationStream>> streams;
  for (int64_t i = 0; i < OpenRequests::kCountMax; ++i) {
    streams.push_back(Submit("hello"));
  }

  const auto refused = Submit("one more");

  EXPECT_THAT(*Next(*refused).end,
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(OpenRequestsTest, LosesNoTokenBetweenProcessAndClientThreads) {
  constexpr int kTokens = 10'000;
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  std::atomic<int64_t> credit = GenerationStream::kCreditTokens;
  std::function<void(Channel<Command>::Delivery)> take_grants =
      [&](const Channel<Command>::Delivery& next) {
        for (const Command& command : next.items) {
          credit += std::get<Grant>(command.action).credit_tokens;
        }
        if (!next.end) requests_->commands().Pop(take_grants);
      };
  requests_->commands().Pop(take_grants);

  std::thread process([&] {
    for (int sent = 0; sent < kTokens; ++sent) {
      while (credit == 0) std::this_thread::yield();
      --credit;
      requests_->Deliver({id, Token{.text = "x"}});
    }
    requests_->End(absl::UnavailableError("done"));
  });
  size_t received = 0;
  bool ended = false;
  std::function<void(GenerationStream::Delivery)> receive =
      [&](const GenerationStream::Delivery& next) {
        received += next.items.size();
        ended = next.end.has_value();
        if (!ended) stream->Pop(receive);
      };
  stream->Pop(receive);
  process.join();

  EXPECT_TRUE(ended);
  EXPECT_EQ(received, kTokens);
}

}  // namespace
}  // namespace hwledger
