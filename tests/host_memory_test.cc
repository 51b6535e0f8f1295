#include "core/host_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace hwledger {
namespace {

TEST(ReadHostMemoryTest, HasNoMoreFreeThanThereIs) {
  const auto memory = ReadHostMemory();

  ASSERT_TRUE(memory.has_value());
  EXPECT_GT(memory->free, Bytes());
  EXPECT_LE(memory->free, memory->total);
}

TEST(ReadResidentMemoryTest, GrowsWithWhatAProcessTouches) {
  const auto before = ReadResidentMemory(getpid());
  const std::string touched(64 << 20, 'x');
  const auto after = ReadResidentMemory(getpid());

  ASSERT_TRUE(before.has_value() && after.has_value());
  EXPECT_GE(*after - *before, MiB(32)) << touched.size();
}

TEST(ReadAnonymousMemoryTest, GrowsWithWhatAProcessTouches) {
  const auto before = ReadAnonymousMemory(getpid());
  const std::string touched(64 << 20, 'x');
  const auto after = ReadAnonymousMemory(getpid());

  ASSERT_TRUE(before.has_value() && after.has_value());
  EXPECT_GE(*after - *before, MiB(32)) << touched.size();
}

TEST(ReadResidentMemoryTest, IsAbsentWithoutAProcess) {
  EXPECT_FALSE(ReadResidentMemory(-1).has_value());
}

}  // namespace
}  // namespace hwledger
