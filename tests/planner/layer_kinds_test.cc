#include "core/planner/layer_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::ElementsAre;

TEST(KindsOfTest, NamesTheFirstLayerThatIsLikeEach) {
  const Layer full = {.key_elements = 1024, .widths = {.query = 1024}};
  Layer windowed = full;
  windowed.window_tokens = 512;
  Layer wider = full;
  wider.widths.query = 2048;

  EXPECT_THAT(KindsOf({full, windowed, full, wider, windowed, full}),
              ElementsAre(0, 1, 0, 3, 1, 0));
}

TEST(KindsOfTest, LeavesOutWhatLayersWeigh) {
  const Layer layer = {.weights = MiB(1), .key_elements = 1024};
  Layer heavier = layer;
  heavier.weights = MiB(2);

  EXPECT_THAT(KindsOf({layer, heavier}), ElementsAre(0, 0));
}

}  // namespace
}  // namespace hwledger
