#include "server/sampling_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(SamplingConvertTest, LeavesAbsentWhatAPublicRequestLeavesUnset) {
  EXPECT_EQ(FromProto(v1::Sampling()), Sampling());
}

}  // namespace
}  // namespace hwledger
