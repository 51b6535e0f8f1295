#include "core/engine/step_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

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
