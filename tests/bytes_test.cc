#include "core/bytes.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(BytesTest, SaturatesInsteadOfOverflowing) {
  EXPECT_EQ(Bytes::Max() + Bytes(1), Bytes::Max());
  EXPECT_EQ(3 * (Bytes::Max() - Bytes(1)), Bytes::Max());
}

TEST(BytesTest, NeverFallsBelowNothing) {
  EXPECT_EQ(Bytes(1) - Bytes(2), Bytes());
}

TEST(BytesTest, RoundsMebibytesDown) {
  EXPECT_EQ(MiB(3).mebibytes(), 3);
  EXPECT_EQ((MiB(3) - Bytes(1)).mebibytes(), 2);
}

}  // namespace
}  // namespace hwledger
