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
  const auto watch = std::make_shared<LoadWatch>();
  runner_->WatchLoad(watch);
  const auto stream = Submit("hello");

  runner_->SetLoadFraction(0.5);
  runner_->SetReady({});

  LoadWatch::Delivery watched;
  watch->Pop([&](LoadWatch::Delivery next) { watched = next; });
  EXPECT_THAT(watched.items, testing::ElementsAre(0, 0.5));
  EXPECT_THAT(*watched.end, IsOk());
  EXPECT_THAT(Next(*stream).items, SizeIs(2));
}

// Hears what a runner tells to who keeps accounts.
class RunnerHooksTest : public RunnerTest {
 protected:
  RunnerHooksTest() {
    runner_ = std::make_shared<Runner>(
        LoadPlan{.model_id = "demo"}, /*on_ready=*/nullptr,
        RunnerHooks{
            .on_generation =
                [this](const LoadPlan&, const GenerationOutcome& outcome) {
                  outcomes_.push_back(outcome);
                },
            .on_ending =
                [this](const RunnerSnapshot& runner) {
                  states_.push_back(runner.state);
                }});
  }
  // What the one generation that has ended came to.
  GenerationOutcome Outcome() const {
    EXPECT_THAT(outcomes_, SizeIs(1));
    return outcomes_.empty() ? GenerationOutcome{} : outcomes_.front();
  }

  std::vector<GenerationOutcome> outcomes_;
  std::vector<LoadState> states_;
};

TEST_F(RunnerHooksTest, TellWhatACompletionCameTo) {
  runner_->SetReady({});
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;

  runner_->Deliver({{id, Token{.text = "hi"}},
                    {id, Completion{.finish_reason = FinishReason::kLength,
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
  EXPECT_TRUE(outcome.queue_time.has_value());
  EXPECT_LE(*outcome.time_to_first_token, outcome.total_time);
  EXPECT_TRUE(outcome.was_alone);
}

TEST_F(RunnerHooksTest, TellHowFarACancelledGenerationCame) {
  runner_->SetReady({});
  const auto stream = Submit("hello");
  const int64_t id = Commands().front().generation_id;
  runner_->Deliver(
      {{id, PromptProgress{.processed_tokens = 7, .total_tokens = 7}},
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

TEST_F(RunnerHooksTest, TellOfFailuresAndOfARunnerThatDies) {
  runner_->SetReady({});
  const auto failing = Submit("1");
  const auto running = Submit("2");
  const int64_t id = Commands().front().generation_id;

  runner_->Deliver({{id, absl::InvalidArgumentError("too long")}});
  runner_->End(absl::UnavailableError("killed"));
  Submit("late");

  ASSERT_THAT(outcomes_, SizeIs(3));
  EXPECT_EQ(outcomes_[0].code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(outcomes_[1].code, absl::StatusCode::kUnavailable);
  EXPECT_EQ(outcomes_[2].code, absl::StatusCode::kUnavailable);
  EXPECT_THAT(states_, testing::ElementsAre(LoadState::kEnded));
}

TEST_F(RunnerHooksTest, TellOfAnUnloadWhileTheProcessIsThere) {
  bool stopped = false;
  runner_->SetProcess(1, [&] {
    stopped = true;
    EXPECT_THAT(states_, testing::ElementsAre(LoadState::kUnloading));
  });

  runner_->Unload(absl::CancelledError("demo was unloaded"));
  runner_->End(absl::UnavailableError("ended"));

  EXPECT_TRUE(stopped);
  EXPECT_THAT(states_,
              testing::ElementsAre(LoadState::kUnloading, LoadState::kEnded));
}

TEST_F(RunnerHooksTest, TellWhichGenerationsSharedTheEngine) {
  runner_->SetReady({});
  const auto alone = Submit("1");
  runner_->Deliver({{Commands().front().generation_id, Completion{}}});
  const auto first = Submit("2");
  const auto second = Submit("3");
  for (const Command& start : Commands()) {
    runner_->Deliver({{start.generation_id, Completion{}}});
  }

  ASSERT_THAT(outcomes_, SizeIs(3));
  EXPECT_TRUE(outcomes_[0].was_alone);
  EXPECT_FALSE(outcomes_[1].was_alone);
  EXPECT_FALSE(outcomes_[2].was_alone);
}

TEST_F(RunnerHooksTest, TellWhichGenerationsSharedItWithAQuestion) {
  runner_->SetReady({});
  const auto before = Submit("1");
  runner_->Ask(TokenizeQuestion{"hello"},
               std::make_shared<OpenQuestion>([](const auto&) {}));
  const auto after = Submit("2");
  for (const Command& command : Commands()) {
    runner_->Deliver({{command.generation_id, Completion{}}});
  }

  ASSERT_THAT(outcomes_, SizeIs(2));
  EXPECT_FALSE(outcomes_[0].was_alone);
  EXPECT_FALSE(outcomes_[1].was_alone);
}

TEST_F(RunnerTest, IsIdleOnceReadyAndNobodyWantsIt) {
  const auto stream = Submit("hello");
  auto claim = runner_->Claim(ClaimReason::kRequest);
  EXPECT_FALSE(runner_->Snapshot().idle_since);
  runner_->SetReady({});
  EXPECT_FALSE(runner_->Snapshot().idle_since);
  stream->Cancel();
  EXPECT_FALSE(runner_->Snapshot().idle_since);
  claim = nullptr;

  EXPECT_TRUE(runner_->Snapshot().idle_since);
  EXPECT_FALSE(runner_->UnloadIfIdle(absl::InfinitePast(),
                                     absl::CancelledError("too early")));
  EXPECT_TRUE(runner_->UnloadIfIdle(absl::InfiniteFuture(),
                                    absl::CancelledError("idle")));
}

TEST_F(RunnerTest, IsNotClaimedOnceItIsOnItsWayOut) {
  runner_->Unload(absl::CancelledError("demo was unloaded"));

  EXPECT_EQ(runner_->Claim(ClaimReason::kRequest), nullptr);
}

TEST_F(RunnerTest, TellsACrashFromAnEndThatWasAskedFor) {
  const auto unloaded = std::make_shared<Runner>(LoadPlan{});
  unloaded->Unload(absl::CancelledError("unloaded"));
  unloaded->End(absl::UnavailableError("ended as told"));
  const auto refused = std::make_shared<Runner>(LoadPlan{});
  refused->End(absl::InvalidArgumentError("not a model that it knows"));

  runner_->End(absl::UnavailableError("killed by signal 9"));

  EXPECT_TRUE(runner_->Snapshot().has_crashed);
  EXPECT_FALSE(unloaded->Snapshot().has_crashed);
  EXPECT_FALSE(refused->Snapshot().has_crashed);
}

TEST_F(RunnerTest, IsNeverUnloadedForIdlenessWhileItIsClaimed) {
  runner_->SetReady({});
  std::atomic<int> claims = 0;
  std::atomic<bool> unloaded = false;
  const auto use = [&] {
    while (auto claim = runner_->Claim(ClaimReason::kRequest)) {
      ++claims;
      EXPECT_FALSE(unloaded) << "claimed after it was unloaded";
      --claims;
    }
  };

  std::thread first(use);
  std::thread second(use);
  while (!runner_->UnloadIfIdle(absl::InfiniteFuture(),
                                absl::CancelledError("idle"))) {
  }
  EXPECT_EQ(claims, 0);
  unloaded = true;

  first.join();
  second.join();
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

TEST_F(RunnerQuestionTest, IsNotIdleWhileAQuestionWaits) {
  runner_->SetReady({});
  const auto open = Ask();
  EXPECT_FALSE(runner_->Snapshot().idle_since);

  open->Cancel();

  EXPECT_TRUE(runner_->Snapshot().idle_since);
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
