#include "core/engine/command_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace hwledger {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;
using enum CommandQueue::WhenEmpty;

TEST(CommandQueueTest, GivesAllThatWaitsInOrder) {
  CommandQueue queue;
  queue.Push({1, Grant{10}});
  queue.Push({2, Cancel{}});

  const auto commands = queue.Take(kReturn);

  ASSERT_THAT(commands, Optional(SizeIs(2)));
  EXPECT_EQ(commands->at(0).generation_id, 1);
  EXPECT_EQ(commands->at(1).generation_id, 2);
  EXPECT_THAT(queue.Take(kReturn), Optional(IsEmpty()));
}

TEST(CommandQueueTest, WaitsForACommandOfAnotherThread) {
  CommandQueue queue;
  std::thread pusher([&] { queue.Push({1, Cancel{}}); });

  EXPECT_THAT(queue.Take(kWait), Optional(SizeIs(1)));

  pusher.join();
}

TEST(CommandQueueTest, WakesWhoWaitsOnceStopped) {
  CommandQueue queue;
  std::thread stopper([&] { queue.Stop(); });

  EXPECT_THAT(queue.Take(kWait), Eq(std::nullopt));

  stopper.join();
  queue.Push({1, Cancel{}});
  EXPECT_THAT(queue.Take(kReturn), Eq(std::nullopt));
}

TEST(CommandQueueTest, KnowsWhenAllOfAStepIsCancelled) {
  CommandQueue queue;
  queue.Push({1, Cancel{}});
  queue.Push({2, Grant{1}});
  EXPECT_TRUE(queue.CancelsAll({1}));
  EXPECT_FALSE(queue.CancelsAll({1, 2}));

  queue.Push({2, Cancel{}});
  EXPECT_TRUE(queue.CancelsAll({1, 2}));

  queue.Take(kReturn);
  EXPECT_FALSE(queue.CancelsAll({1}));
}

TEST(CommandQueueTest, CancelsEveryStepOnceStopped) {
  CommandQueue queue;
  EXPECT_FALSE(queue.CancelsAll({1}));

  queue.Stop();

  EXPECT_TRUE(queue.CancelsAll({1}));
}

TEST(CommandQueueTest, HasAPulseWhileItsThreadComputes) {
  CommandQueue queue;
  EXPECT_EQ(queue.pulse(), Pulse{});

  queue.Push({1, Grant{1}});
  queue.Take(kWait);
  const Pulse taken = queue.pulse();
  queue.CancelsAll({1});

  EXPECT_TRUE(taken.is_computing);
  EXPECT_NE(queue.pulse(), taken);
}

TEST(CommandQueueTest, DoesNotComputeWhileItsThreadWaits) {
  CommandQueue queue;
  queue.Take(kReturn);
  std::thread engine([&] { queue.Take(kWait); });

  while (queue.pulse().is_computing) std::this_thread::yield();

  queue.Stop();
  engine.join();
}

}  // namespace
}  // namespace hwledger
