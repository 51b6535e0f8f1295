#include "core/ledger/entries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

// Less was predicted than was taken.
TEST(ErrorPercentTest, HasASign) {
  EXPECT_EQ(ErrorPercent(MiB(90), MiB(100)), -10);
  EXPECT_EQ(ErrorPercent(MiB(110), MiB(100)), 10);
  EXPECT_EQ(ErrorPercent(MiB(1), Bytes()), std::nullopt);
}

}  // namespace
}  // namespace hwledger
