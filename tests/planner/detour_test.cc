#include "core/planner/detour.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

// 512 tokens, of which 1024 floats each are 2 MiB.
const Pass kPass = PassOf({.sequence_length = 8192});
const Pass kQuantized = PassOf({.sequence_length = 8192,
                                .kv_cache_type_k = "q8_0",
                                .kv_cache_type_v = "q8_0"});

const Layer kScan = {.kind = LayerKind::kRecurrent,
                     .widths = {.recurrent = {.kind = Recurrence::kMamba2,
                                              .inner = 2048,
                                              .convolved = 3040,
                                              .heads = 32}}};
const Layer kConvolution = {
    .kind = LayerKind::kRecurrent,
    .widths = {.recurrent = {.kind = Recurrence::kShortConvolution,
                             .inner = 1024,
                             .convolved = 1024}}};
const Layer kAttention = {
    .key_elements = 1024,
    .value_elements = 1024,
    .widths = {.query_heads = 16, .query = 1024, .output = 1024}};

TEST(DetourTest, TakesAScansGateWithWhatLiesBetween) {
  const Detour detour = DetourOf({kScan}, {kScan}, kPass);

  // 512 tokens x 5120 floats, up to the end of the last gate.
  EXPECT_EQ(detour.there, MiB(10) - Bytes(3072 * 4));
  EXPECT_EQ(detour.back, MiB(4));
}

TEST(DetourTest, TakesAttentionsResultThatIsRotatedForTheCache) {
  EXPECT_EQ(DetourOf({kAttention}, {kConvolution}, kQuantized).there, MiB(2));
  EXPECT_EQ(DetourOf({kAttention}, {kConvolution}, kQuantized).back, MiB(2));
  EXPECT_EQ(DetourOf({kAttention}, {kConvolution}, kPass).there, Bytes());
}

// Nothing is stored in a feed-forward part, so that a scan in front of it is
// without its end when states behind it are gathered.
TEST(DetourTest, GoesPastFeedForwardParts) {
  const Layer network = {.widths = {.feed_forward = 4096}};

  EXPECT_EQ(DetourOf({kScan}, {network, kScan}, kPass).back, MiB(4));
  EXPECT_EQ(DetourOf({kScan, network}, {kScan}, kPass).back, MiB(4));
  EXPECT_EQ(DetourOf({kScan}, {network, kAttention}, kPass).back, Bytes());
}

TEST(DetourTest, IsNoneWhereNoStatesAreGathered) {
  EXPECT_EQ(DetourOf({kScan}, {kAttention}, kPass).there, Bytes());
}

TEST(DetourTest, IsNoneBehindExperts) {
  Layer experts = kScan;
  experts.widths.expert_feed_forward = 512;

  EXPECT_EQ(DetourOf({experts}, {kScan}, kPass).there, Bytes());
}

}  // namespace
}  // namespace hwledger
