#include "core/engine/adapter_turn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using Scales = AdapterTurn::Scales;

TEST(AdapterTurnTest, GivesEveryGroupItsTurnBeforeOneComesTwice) {
  const Scales a = {0, 1};
  const Scales b = {1, 0};
  const Scales same_as_a = a;
  const Scales c = {1, 1};
  AdapterTurn turn;

  std::vector<Scales> turns;
  for (int i = 0; i < 5; ++i)
    turns.push_back(turn.Next({&c, &a, &b, &same_as_a}));

  EXPECT_EQ(turns, (std::vector<Scales>{a, b, c, a, b}));
  // Who has gone is not waited for.
  EXPECT_EQ(turn.Next({&a}), a);
  EXPECT_EQ(turn.Next({&a, &b}), b);
}

TEST(AdapterTurnTest, LetsThoseWithoutAdaptersGoTogether) {
  const Scales none;
  AdapterTurn turn;

  EXPECT_EQ(turn.Next({&none, &none}), none);
  EXPECT_EQ(turn.Next({&none}), none);
}

}  // namespace
}  // namespace hwledger
