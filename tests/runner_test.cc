#include "core/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
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

  std::shared_ptr<Runner> runner_ = std::make_shared<Runner>(
      LoadPlan{.model_id = "demo", .shares = {{.weights = Bytes(3)}}});
};

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

TEST_F(RunnerTest, ReportsLoadingToWatchersAndWaitingStreams) {
  const auto watch = std::make_shared<LoadWatch>();
  runner_->WatchLoad(watch);
  const auto stream = Submit("hello");

  runner_->SetLoadFraction(0.5);
  runner_->SetReady({});

  LoadWatch::Delivery watched;
  watch->Pop([&](LoadWatch::Delivery next) { watched = next; });
  EXPECT_THAT(watched.items, ElementsAre(0, 0.5));
  EXPECT_THAT(*watched.end, IsOk());
  EXPECT_THAT(Next(*stream).items, SizeIs(2));
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

TEST_F(RunnerTest, IsNotIdleWhileAQuestionWaits) {
  runner_->SetReady({});
  const auto open = std::make_shared<OpenQuestion>([](const auto&) {});
  runner_->Ask(TokenizeQuestion{"hello"}, open);
  EXPECT_FALSE(runner_->Snapshot().idle_since);

  open->Cancel();

  EXPECT_TRUE(runner_->Snapshot().idle_since);
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

TEST_F(RunnerTest, TellsWithACompletionWhatTheModelHolds) {
  runner_->SetReady({{.name = "CPU", .weights = Bytes(5)}});
  const auto stream = Submit("hello");

  runner_->Deliver({{Commands().front().generation_id, Completion{}}});

  const auto event = Next(*stream).items.front();
  EXPECT_EQ(std::get<Completion>(event).measured, Bytes(5));
  EXPECT_EQ(std::get<Completion>(event).predicted, Bytes(3));
}

TEST_F(RunnerTest, CountsTheContextThatEmbeds) {
  runner_->SetReady({{.name = "CPU", .weights = Bytes(5)}});
  runner_->Ask(EmbedQuestion{{"hello"}},
               std::make_shared<OpenQuestion>([](const auto&) {}));

  runner_->Deliver(
      {{Commands().front().generation_id,
        Answer(
            EmbedAnswer{.context = {{.name = "CPU", .kv_cache = Bytes(2)}}})}});

  EXPECT_EQ(TotalOf(runner_->Snapshot().measured), Bytes(7));
}

// Hears what a runner tells to who keeps accounts.
class RunnerHooksTest : public RunnerTest {
 protected:
  RunnerHooksTest() {
    runner_ = std::make_shared<Runner>(
        LoadPlan{.model_id = "demo"}, /*on_ready=*/nullptr,
        RunnerHooks{
            .on_generation =
                [this](const LoadPlan& plan, const GenerationOutcome& outcome) {
                  EXPECT_EQ(plan.model_id, "demo");
                  codes_.push_back(outcome.code);
                },
            .on_ending =
                [this](const RunnerSnapshot& runner) {
                  states_.push_back(runner.state);
                }});
  }

  std::vector<absl::StatusCode> codes_;
  std::vector<LoadState> states_;
};

TEST_F(RunnerHooksTest, TellOfItsEndAfterItsLastGeneration) {
  runner_->SetReady({});
  const auto stream = Submit("hello");

  runner_->End(absl::UnavailableError("killed"));

  EXPECT_THAT(codes_, ElementsAre(absl::StatusCode::kUnavailable));
  EXPECT_THAT(states_, ElementsAre(LoadState::kEnded));
}

TEST_F(RunnerHooksTest, TellOfAnUnloadWhileTheProcessIsThere) {
  bool stopped = false;
  runner_->SetProcess(1, [&] {
    stopped = true;
    EXPECT_THAT(states_, ElementsAre(LoadState::kUnloading));
  });

  runner_->Unload(absl::CancelledError("demo was unloaded"));
  runner_->End(absl::UnavailableError("ended"));

  EXPECT_TRUE(stopped);
  EXPECT_THAT(states_, ElementsAre(LoadState::kUnloading, LoadState::kEnded));
}

}  // namespace
}  // namespace hwledger
