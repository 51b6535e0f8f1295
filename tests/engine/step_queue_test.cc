#include "core/engine/step_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <variant>
#include <vector>

#include "absl/time/time.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(StepQueueTest, HandsSeveralStepsOverAtOnce) {
  StepQueue queue;
  queue.Add({{1, Queued{}}, {2, Queued{}}});
  queue.Add({{3, Queued{}}});

  EXPECT_THAT(queue.Take(), ElementsAre(Field(&StepEvent::generation_id, 1),
                                        Field(&StepEvent::generation_id, 2),
                                        Field(&StepEvent::generation_id, 3)));
}

TEST(StepQueueTest, GivesWhatWasAddedBeforeItClosed) {
  StepQueue queue;
  queue.Add({{1, Queued{}}});

  queue.Close();

  EXPECT_THAT(queue.Take(), ElementsAre(Field(&StepEvent::generation_id, 1)));
  EXPECT_THAT(queue.Take(), IsEmpty());
}

TEST(StepQueueTest, JoinsTheTokensOfEachGeneration) {
  StepQueue queue;
  queue.Add({{1, Token{.text = "a"}}, {2, Token{.text = "x"}}});
  queue.Add({{1, Token{.text = "b", .token_count = 2, .logprobs = {{}, {}}}},
             {2, Reasoning{.text = "y"}}});
  queue.Add({{1, Completion{}}, {2, Reasoning{.text = "z"}}});

  const std::vector<StepEvent> events = queue.Take();

  ASSERT_THAT(events, SizeIs(4));
  const auto& ab = std::get<Token>(events[0].event);
  EXPECT_EQ(ab.text, "ab");
  EXPECT_EQ(ab.token_count, 3);
  EXPECT_THAT(ab.logprobs, SizeIs(2));
  EXPECT_EQ(std::get<Token>(events[1].event).text, "x");
  const auto& yz = std::get<Reasoning>(events[2].event);
  EXPECT_EQ(yz.text, "yz");
  EXPECT_EQ(yz.token_count, 2);
  EXPECT_EQ(events[3].generation_id, 1);
}

TEST(StepQueueTest, LetsTokensWaitForOthersButNotForAnEnd) {
  StepQueue queue(/*linger=*/absl::Hours(1));
  queue.Add({{1, Token{.text = "a"}}});
  EXPECT_THAT(queue.Take(), SizeIs(1));
  queue.Add({{1, Token{.text = "b"}}});
  std::thread maker(
      [&] { queue.Add({{1, Token{.text = "c"}}, {1, Completion{}}}); });

  const std::vector<StepEvent> events = queue.Take();

  maker.join();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(std::get<Token>(events[0].event).text, "bc");
}

TEST(StepQueueTest, LosesNothingBetweenItsThreads) {
  constexpr int64_t kSteps = 10'000;
  StepQueue queue;
  std::thread maker([&] {
    for (int64_t i = 0; i < kSteps; ++i) queue.Add({{i, Queued{}}});
    queue.Close();
  });

  int64_t expected_id = 0;
  for (;;) {
    const std::vector<StepEvent> events = queue.Take();
    if (events.empty()) break;
    for (const StepEvent& event : events) {
      EXPECT_EQ(event.generation_id, expected_id++);
    }
  }

  maker.join();
  EXPECT_EQ(expected_id, kSteps);
}

}  // namespace
}  // namespace hwledger
