#include "core/newest_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace hwledger {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(NewestRequestTest, ReplacesTheRequestThatWaits) {
  NewestRequest<int> requests;

  EXPECT_TRUE(requests.Put(1));
  EXPECT_FALSE(requests.Put(2));
  EXPECT_FALSE(requests.Put(3));

  EXPECT_THAT(requests.Take().request, Optional(3));
}

TEST(NewestRequestTest, BeginsAgainAfterAPause) {
  NewestRequest<int> requests;
  requests.Put(1);
  requests.Take();

  const auto pause = requests.Take();

  EXPECT_THAT(pause.request, Eq(std::nullopt));
  EXPECT_FALSE(pause.is_end);
  EXPECT_TRUE(requests.Put(2));
}

TEST(NewestRequestTest, AnswersTheLastRequestBeforeTheEnd) {
  NewestRequest<int> requests;
  requests.Put(1);

  EXPECT_FALSE(requests.Close());

  EXPECT_THAT(requests.Take().request, Optional(1));
  EXPECT_TRUE(requests.Take().is_end);
}

TEST(NewestRequestTest, ForgetsTheLastRequestWhenCancelled) {
  NewestRequest<int> requests;
  requests.Put(1);

  EXPECT_FALSE(requests.Cancel());

  EXPECT_TRUE(requests.Take().is_end);
}

TEST(NewestRequestTest, TellsWhoClosesAnIdleStreamToEndItOnce) {
  NewestRequest<int> requests;

  EXPECT_TRUE(requests.Close());

  EXPECT_FALSE(requests.Close());
  EXPECT_FALSE(requests.Cancel());
  EXPECT_FALSE(requests.Put(1));
}

// Whatever the order in which the two threads meet, one of them ends.
TEST(NewestRequestTest, EndsOnceWhenTwoThreadsMeet) {
  for (int round = 0; round < 200; ++round) {
    NewestRequest<int> requests;
    std::atomic<int> ends = 0;
    std::atomic<int> last = 0;
    const auto answer = [&] {
      while (true) {
        const auto next = requests.Take();
        if (next.request) last = *next.request;
        if (next.is_end) ++ends;
        if (!next.request) return;
      }
    };
    std::thread answering;
    for (int i = 1; i <= 20; ++i) {
      if (!requests.Put(i)) continue;
      if (answering.joinable()) answering.join();
      answering = std::thread(answer);
    }
    if (requests.Close()) ++ends;
    if (answering.joinable()) answering.join();

    EXPECT_EQ(ends, 1);
    EXPECT_EQ(last, 20);
  }
}

}  // namespace
}  // namespace hwledger
