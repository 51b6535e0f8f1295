#include <string>

#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(LlamaEngineTest, PausesWithoutCreditWhileOthersGoOn) {
  Load(TinyModel(), /*slot_count=*/2);
  const int64_t poor = Start(Greedy("a"), /*credit_tokens=*/2);
  const int64_t rich = Start(Greedy("b"));

  AwaitEnd(rich);
  EXPECT_LE(heard_[poor].token_count, 2);
  EXPECT_FALSE(heard_[poor].ended());

  Grant(poor, kPlenty);
  EXPECT_EQ(AwaitEnd(poor).completion->completion_tokens, 40);
}

TEST_F(LlamaEngineTest, TellsWhoWaitsItsPosition) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/0);
  const int64_t second = Start(Greedy("b"));
  const int64_t third = Start(Greedy("c"));
  Await(third, [](const Heard& heard) { return !heard.positions.empty(); });

  Grant(running, kPlenty);

  AwaitEnd(third);
  EXPECT_THAT(heard_[running].positions, IsEmpty());
  EXPECT_THAT(heard_[second].positions, ElementsAre(0));
  EXPECT_THAT(heard_[third].positions, ElementsAre(1, 0));
}

TEST_F(LlamaEngineTest, RefusesMoreThanMayWait) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/0);
  std::vector<int64_t> waiting;
  for (int i = 0; i < 256; ++i) waiting.push_back(Start(Greedy("b", 1)));

  EXPECT_THAT(AwaitEnd(Start(Greedy("c"))),
              FailsWith(absl::StatusCode::kResourceExhausted,
                        "too many generations wait for this model: 256"));
  Grant(running, kPlenty);
  AwaitEnd(waiting.back());
  EXPECT_TRUE(AwaitEnd(Start(Greedy("d"))).completion);
}

TEST_F(LlamaEngineTest, FreesTheSlotOfWhatIsCancelledWhileItWrites) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/1);
  const int64_t next = Start(Greedy("b"));
  Await(running, [](const Heard& heard) { return heard.token_count == 1; });

  Cancel(running);

  EXPECT_THAT(AwaitEnd(running),
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_TRUE(AwaitEnd(next).completion);
}

TEST_F(LlamaEngineTest, FreesTheSlotOfWhatIsCancelledWhileItReads) {
  Load(TinyModel(), /*slot_count=*/1);
  // Stays before the last token of its prompt.
  const int64_t reading = Start(Greedy("abc"), /*credit_tokens=*/0);
  const int64_t next = Start(Greedy("b"));
  Await(reading,
        [](const Heard& heard) { return !heard.processed_tokens.empty(); });

  Cancel(reading);

  EXPECT_TRUE(AwaitEnd(next).completion);
  EXPECT_THAT(heard_[reading],
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_THAT(heard_[reading].texts, IsEmpty());
}

TEST_F(LlamaEngineTest, ForgetsWhatIsCancelledWhileItWaits) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/1);
  const int64_t waiting = Start(Greedy("b"));
  Await(waiting, [](const Heard& heard) { return !heard.positions.empty(); });

  Cancel(waiting);

  EXPECT_THAT(AwaitEnd(waiting),
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_THAT(heard_[waiting].processed_tokens, IsEmpty());
  Grant(running, kPlenty);
  EXPECT_TRUE(AwaitEnd(running).completion);
}

TEST_F(LlamaEngineTest, KeepsTheTextsOfOthersWhenOneIsCancelled) {
  Load(TinyModel(), /*slot_count=*/2);
  const std::string alone = FullText(Start(Greedy("other")));
  const int64_t cancelled = Start(Greedy("a"), /*credit_tokens=*/3);
  const int64_t other = Start(Greedy("other"), /*credit_tokens=*/5);
  Await(cancelled, [](const Heard& heard) { return heard.token_count > 0; });

  Cancel(cancelled);
  const int64_t successor = Start(Greedy("b"));
  Grant(other, kPlenty);

  EXPECT_EQ(FullText(other), alone);
  EXPECT_TRUE(AwaitEnd(successor).completion);
}

TEST_F(LlamaEngineTest, EndsWhileGenerationsRun) {
  Load(TinyModel(), /*slot_count=*/2);
  const int64_t running = Start({.input = "a", .token_count_max = 200});
  Start(Greedy("b"), /*credit_tokens=*/0);
  Await(running, [](const Heard& heard) { return heard.token_count > 0; });

  engine_.Stop();

  while (!engine_.WaitForEvents().empty()) {
  }
}

TEST_F(LlamaEngineTest, RefusesGenerationsBeforeAModelIsLoaded) {
  EXPECT_THAT(
      AwaitEnd(Start(Greedy("a"))),
      FailsWith(absl::StatusCode::kFailedPrecondition, "no model is loaded"));
}

}  // namespace
}  // namespace hwledger
