#include "core/planner/sequence_room.h"

#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/model/hf_header.h"

namespace hwledger {
namespace {

const std::vector<Device> kDevices = {
    {.name = "CPU", .free = GiB(64)},
    {.name = "GPU0", .kind = DeviceKind::kGpu, .free = GiB(24)}};

class SequenceRoomTest : public testing::Test {
 protected:
  // What is left beside sequences of so many tokens, by weighing them.
  int64_t WeighedLeft(int64_t tokens) {
    return SequenceRoom(placed_, options_).Left(tokens);
  }

  const ModelShape model_ =
      *ShapeOf(HeaderOf(**FindInCatalogue("llama-3.1-8b")));
  const EngineOptions options_;
  const Additions additions_;
  const PlacedSet placed_{model_, options_, kDevices, additions_};
  SequenceRoom room_{placed_, options_};
};

TEST_F(SequenceRoomTest, IsExactWhereTheCachesFit) {
  room_.Left(1024);

  for (const int64_t tokens : {1, 512, 2048, 8192, 32768}) {
    EXPECT_EQ(room_.Left(tokens), WeighedLeft(tokens)) << tokens;
  }
}

// A mask of 512 tokens for each cell more, beside 128 KiB of cache.
TEST_F(SequenceRoomTest, EstimatesWhatCachesThatDoNotFitLeave) {
  room_.Left(1024);
  const int64_t weighed = WeighedLeft(131'072);

  ASSERT_LT(weighed, 0);
  EXPECT_NEAR(static_cast<double>(room_.Left(131'072)),
              static_cast<double>(weighed), 1e6);
}

TEST_F(SequenceRoomTest, TellsWhatItLearnt) {
  room_.Learn(4096, {Bytes(), GiB(23)});

  EXPECT_EQ(room_.Left(4096), GiB(1).count());
}

}  // namespace
}  // namespace hwledger
