#include "core/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class RunnerTest : public testing::Test {
 protected:
  std::shared_ptr<GenerationStream> Submit(const std::string& prompt) {
    auto stream = std::make_shared<GenerationStream>();
    runner_->Submit({.input = prompt}, stream);
    return stream;
  }

  // The commands so far.
  std::vector<Command> Commands() {
    std::vector<Command> commands;
    runner_->commands().Pop(
        [&](Channel<Command>::Delivery next) { commands = next.items; });
    return commands;
  }

  // What waits in `stream`; there must be something.
  static GenerationStream::Delivery Next(GenerationStream& stream) {
    std::optional<GenerationStream::Delivery> result;
    stream.Pop([&](GenerationStream::Delivery next) { result = next; });
    EXPECT_TRUE(result.has_value());
    return result.value_or(GenerationStream::Delivery{});
  }

  std::shared_ptr<Runner> runner_ =
      std::make_shared<Runner>(LoadPlan{.model_id = "demo"});
};

TEST_F(RunnerTest, DeliversAGenerationsEventsAndThenItsEnd) {
  runner_->SetReady({});
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  runner_->Deliver({{id, Token{.text = "hi"}}, {id, Completion{}}});

  const GenerationStream::Delivery delivery = Next(*stream);
  EXPECT_THAT(delivery.items, SizeIs(2));
  ASSERT_TRUE(delivery.end.has_value());
  EXPECT_THAT(*delivery.end, IsOk());
  EXPECT_EQ(runner_->Snapshot().generation_count, 0);
}

TEST_F(RunnerTest, KeepsTheEventsOfGenerationsApart) {
  const auto first = Submit("1");
  const auto second = Submit("2");
  const std::vector<Command> starts = Commands();
  runner_->SetReady({});
  Next(*first);
  Next(*second);

  runner_->Deliver({{starts[1].generation_id, Token{.text = "b"}},
                    {starts[0].generation_id, Token{.text = "a"}}});

  EXPECT_EQ(std::get<Token>(Next(*first).items[0]).text, "a");
  EXPECT_EQ(std::get<Token>(Next(*second).items[0]).text, "b");
}

TEST_F(RunnerTest, TellsTheProcessOfACancelAndEndsTheStream) {
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  stream->Cancel();

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].generation_id, id);
  EXPECT_TRUE(std::holds_alternative<Cancel>(commands[0].action));
  EXPECT_THAT(*Next(*stream).end, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(RunnerTest, CancelsAStreamThatWasGivenUpBeforeItWasSubmitted) {
  auto stream = std::make_shared<GenerationStream>();
  stream->Cancel();

  runner_->Submit({.input = "hello"}, stream);

  EXPECT_THAT(*Next(*stream).end, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(runner_->Snapshot().generation_count, 0);
}

TEST_F(RunnerTest, GrantsCreditForWhatWasTaken) {
  runner_->SetReady({});
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  runner_->Deliver(
      {{id,
        Token{.text = "a", .token_count = GenerationStream::kCreditTokens}}});

  Next(*stream);

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(std::get<Grant>(commands[0].action).credit_tokens,
            GenerationStream::kCreditTokens);
}

TEST_F(RunnerTest, EndsEveryStreamWithTheReasonItsProcessEnded) {
  const auto waiting = Submit("hello");
  Next(*waiting);

  runner_->End(absl::UnavailableError("killed by signal 9"));

  const auto late = Submit("late");
  EXPECT_THAT(*Next(*waiting).end,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("signal 9")));
  EXPECT_THAT(*Next(*late).end, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RunnerTest, EndsStreamsWithTheReasonOfAnUnloadThatCameFirst) {
  const auto stream = Submit("hello");
  Next(*stream);
  bool stopped = false;
  runner_->SetProcess(1, [&] { stopped = true; });

  runner_->Unload(absl::CancelledError("demo was unloaded"));
  runner_->End(absl::UnavailableError("killed by signal 15"));

  EXPECT_TRUE(stopped);
  EXPECT_THAT(*Next(*stream).end, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(RunnerTest, StopsAProcessThatStartsAfterTheUnload) {
  runner_->Unload(absl::CancelledError("demo was unloaded"));
  bool stopped = false;

  runner_->SetProcess(1, [&] { stopped = true; });

  EXPECT_TRUE(stopped);
}

TEST_F(RunnerTest, RefusesMoreThanItsQueueHolds) {
  std::vector<std::shared_ptr<GenerationStream>> streams;
  for (int64_t i = 0; i < Runner::kGenerationsMax; ++i) {
    streams.push_back(Submit("hello"));
  }

  const auto refused = Submit("one more");

  EXPECT_THAT(*Next(*refused).end,
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(RunnerTest, ReportsLoadingToWatchersAndWaitingStreams) {
  const auto watcher = runner_->WatchLoad();
  const auto stream = Submit("hello");

  runner_->SetLoadFraction(0.5);
  runner_->SetReady({});

  Channel<double>::Delivery watched;
  watcher->Pop([&](Channel<double>::Delivery next) { watched = next; });
  EXPECT_THAT(watched.items, testing::ElementsAre(0, 0.5));
  EXPECT_THAT(*watched.end, IsOk());
  EXPECT_THAT(Next(*stream).items, SizeIs(2));
}

TEST_F(RunnerTest, LosesNoTokenBetweenProcessAndClientThreads) {
  constexpr int kTokens = 10'000;
  runner_->SetReady({});
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  std::atomic<int64_t> credit = GenerationStream::kCreditTokens;
  std::function<void(Channel<Command>::Delivery)> take_grants =
      [&](const Channel<Command>::Delivery& next) {
        for (const Command& command : next.items) {
          credit += std::get<Grant>(command.action).credit_tokens;
        }
        if (!next.end) runner_->commands().Pop(take_grants);
      };
  runner_->commands().Pop(take_grants);

  std::thread process([&] {
    for (int sent = 0; sent < kTokens; ++sent) {
      while (credit == 0) std::this_thread::yield();
      --credit;
      runner_->Deliver({{id, Token{.text = "x"}}});
    }
    runner_->End(absl::UnavailableError("done"));
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

class RunnerQuestionTest : public RunnerTest {
 protected:
  std::shared_ptr<OpenQuestion> Ask() {
    auto open = std::make_shared<OpenQuestion>(
        [this](absl::StatusOr<Answer> answer) { answer_ = std::move(answer); });
    runner_->Ask(TokenizeQuestion{"hello"}, open);
    return open;
  }

  std::optional<absl::StatusOr<Answer>> answer_;
};

TEST_F(RunnerQuestionTest, BringsTheAnswerToWhoAsked) {
  Ask();
  const Command command = Commands().front();
  EXPECT_EQ(std::get<Question>(command.action),
            Question(TokenizeQuestion{"hello"}));
  EXPECT_EQ(runner_->Snapshot().generation_count, 1);

  runner_->Deliver(
      {{command.generation_id, Answer(TokenizeAnswer{{{7, "hello"}}})}});

  ASSERT_TRUE(answer_);
  ASSERT_THAT(*answer_, IsOk());
  EXPECT_THAT(std::get<TokenizeAnswer>(**answer_).tokens, SizeIs(1));
  EXPECT_EQ(runner_->Snapshot().generation_count, 0);
}

TEST_F(RunnerQuestionTest, BringsTheReasonWhereThereIsNoAnswer) {
  Ask();
  const int64_t id = Commands().front().generation_id;

  runner_->Deliver({{id, absl::InternalError("broken")}});

  ASSERT_TRUE(answer_);
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kInternal));
}

TEST_F(RunnerQuestionTest, TellsTheProcessOfACancelOnce) {
  const auto open = Ask();
  const int64_t id = Commands().front().generation_id;

  open->Cancel();

  const std::vector<Command> commands = Commands();
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].generation_id, id);
  EXPECT_TRUE(std::holds_alternative<Cancel>(commands[0].action));
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(RunnerQuestionTest, EndsQuestionsWithTheProcess) {
  Ask();

  runner_->End(absl::UnavailableError("it died"));

  EXPECT_THAT(*answer_,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("it died")));
  Ask();
  EXPECT_THAT(*answer_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RunnerQuestionTest, CountsTheContextThatEmbeds) {
  runner_->SetReady({{.name = "CPU", .weights = Bytes(5)}});
  Ask();
  const int64_t id = Commands().front().generation_id;

  runner_->Deliver(
      {{id, Answer(EmbedAnswer{
                .context = {{.name = "CPU", .kv_cache = Bytes(2)}}})}});

  EXPECT_EQ(TotalOf(runner_->Snapshot().measured), Bytes(7));
}

}  // namespace
}  // namespace hwledger
