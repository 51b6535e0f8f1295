#include "core/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using IntChannel = Channel<int>;

// What the next Pop delivers, which must be there already.
IntChannel::Delivery PopNow(IntChannel& channel) {
  std::optional<IntChannel::Delivery> result;
  channel.Pop([&](IntChannel::Delivery delivery) { result = delivery; });
  EXPECT_TRUE(result.has_value());
  return result.value_or(IntChannel::Delivery{});
}

TEST(ChannelTest, DeliversAllThatWaitsAtOnceAndInOrder) {
  IntChannel channel(/*capacity=*/8);
  channel.Push(1);
  channel.Push(2);

  const IntChannel::Delivery delivery = PopNow(channel);

  EXPECT_THAT(delivery.items, ElementsAre(1, 2));
  EXPECT_FALSE(delivery.end.has_value());
}

TEST(ChannelTest, DeliversOnTheMakersThreadWhenTheReceiverCameFirst) {
  IntChannel channel(/*capacity=*/8);
  std::thread::id receiver;
  channel.Pop([&](const IntChannel::Delivery&) {
    receiver = std::this_thread::get_id();
  });

  std::thread maker([&] { channel.Push(1); });
  const std::thread::id maker_id = maker.get_id();
  maker.join();

  EXPECT_EQ(receiver, maker_id);
}

TEST(ChannelTest, RefusesWhatIsBeyondItsCapacity) {
  IntChannel channel(/*capacity=*/1);

  EXPECT_TRUE(channel.Push(1));
  EXPECT_FALSE(channel.Push(2));

  EXPECT_THAT(PopNow(channel).items, ElementsAre(1));
}

TEST(ChannelTest, EndsAfterTheItemsPushedBefore) {
  IntChannel channel(/*capacity=*/8);
  channel.Push(1);
  channel.Close(absl::UnavailableError("gone"));
  channel.Close(absl::OkStatus());

  EXPECT_FALSE(channel.Push(2));

  const IntChannel::Delivery delivery = PopNow(channel);
  EXPECT_THAT(delivery.items, ElementsAre(1));
  ASSERT_TRUE(delivery.end.has_value());
  EXPECT_THAT(*delivery.end, StatusIs(absl::StatusCode::kUnavailable));
}

TEST(ChannelTest, DropsItemsButNotTheEndOnceCancelled) {
  IntChannel channel(/*capacity=*/8);
  channel.Push(1);

  channel.Cancel();

  EXPECT_TRUE(channel.cancelled());
  EXPECT_FALSE(channel.Push(2));
  channel.Close(absl::OkStatus());
  const IntChannel::Delivery delivery = PopNow(channel);
  EXPECT_THAT(delivery.items, IsEmpty());
  ASSERT_TRUE(delivery.end.has_value());
  EXPECT_THAT(*delivery.end, IsOk());
}

TEST(ChannelTest, LosesNothingBetweenTwoMakersAndAReceiver) {
  constexpr int kItemsPerMaker = 10'000;
  IntChannel channel(/*capacity=*/2 * kItemsPerMaker);
  int64_t sum = 0;
  std::latch ended(1);
  std::function<void(IntChannel::Delivery)> receive =
      [&](const IntChannel::Delivery& delivery) {
        for (const int item : delivery.items) sum += item;
        if (delivery.end) {
          ended.count_down();
        } else {
          channel.Pop(receive);
        }
      };
  channel.Pop(receive);

  std::vector<std::thread> makers;
  for (int maker = 0; maker < 2; ++maker) {
    makers.emplace_back([&] {
      for (int i = 0; i < kItemsPerMaker; ++i) channel.Push(1);
    });
  }
  for (std::thread& maker : makers) maker.join();
  channel.Close(absl::OkStatus());
  ended.wait();

  EXPECT_EQ(sum, 2 * kItemsPerMaker);
}

}  // namespace
}  // namespace hwledger
