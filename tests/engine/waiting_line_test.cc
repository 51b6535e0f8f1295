#include "core/engine/waiting_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsNull;

class WaitingLineTest : public testing::Test {
 protected:
  void Add(int64_t id, const std::string& user) {
    Waiting waiting = {.generation_id = id};
    waiting.start.start.generation.user = user;
    line_.Add(std::move(waiting));
  }
  // Everybody in the order in which they get a slot.
  std::vector<int64_t> TakeAll() {
    std::vector<int64_t> taken;
    while (!line_.empty()) taken.push_back(line_.TakeFirst().generation_id);
    return taken;
  }
  std::vector<int64_t> Positions() {
    std::vector<int64_t> ids;
    line_.ForEach([&](int64_t position, Waiting& waiting) {
      EXPECT_EQ(position, std::ssize(ids));
      ids.push_back(waiting.generation_id);
    });
    return ids;
  }

  WaitingLine line_;
};

TEST_F(WaitingLineTest, ServesOneUserInOrder) {
  Add(1, "");
  Add(2, "");
  Add(3, "");

  EXPECT_THAT(TakeAll(), ElementsAre(1, 2, 3));
}

TEST_F(WaitingLineTest, LetsUsersTakeTurns) {
  Add(1, "busy");
  Add(2, "busy");
  Add(3, "busy");
  Add(4, "a");
  Add(5, "b");
  Add(6, "b");

  EXPECT_THAT(TakeAll(), ElementsAre(1, 4, 5, 2, 6, 3));
}

TEST_F(WaitingLineTest, TellsTheOrderInWhichItWillServe) {
  Add(1, "busy");
  Add(2, "busy");
  Add(3, "busy");
  Add(4, "a");
  line_.TakeFirst();
  Add(5, "b");

  const std::vector<int64_t> positions = Positions();

  EXPECT_THAT(positions, ElementsAre(4, 2, 5, 3));
  EXPECT_EQ(TakeAll(), positions);
}

TEST_F(WaitingLineTest, ForgetsWhoLeaves) {
  Add(1, "a");
  Add(2, "b");
  Add(3, "a");

  EXPECT_TRUE(line_.Remove(2));
  EXPECT_FALSE(line_.Remove(2));

  EXPECT_THAT(line_.Find(2), IsNull());
  EXPECT_EQ(line_.Find(3)->generation_id, 3);
  EXPECT_THAT(TakeAll(), ElementsAre(1, 3));
  EXPECT_THAT(Positions(), IsEmpty());
}

}  // namespace
}  // namespace hwledger
