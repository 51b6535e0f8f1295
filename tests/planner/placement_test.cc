#include "core/planner/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

const Device kHost = {.name = "CPU", .free = GiB(64)};

Device Gpu(Bytes free) {
  return {.name = "GPU", .kind = DeviceKind::kGpu, .free = free};
}

TEST(PlaceLayersTest, KeepsEverythingOnTheHostWithoutAGpu) {
  const Placement placement = PlaceLayers(4, -1, {kHost});

  EXPECT_THAT(placement.layers, Each(0));
  EXPECT_EQ(placement.output, 0);
}

TEST(PlaceLayersTest, CountsTheOutputLayerAsTheFirstOnTheGpu) {
  const Placement placement = PlaceLayers(4, 1, {kHost, Gpu(GiB(8))});

  EXPECT_THAT(placement.layers, Each(0));
  EXPECT_EQ(placement.output, 1);
}

TEST(PlaceLayersTest, PlacesTheLastLayersOnTheGpu) {
  const Placement placement = PlaceLayers(4, 3, {kHost, Gpu(GiB(8))});

  EXPECT_THAT(placement.layers, ElementsAre(0, 0, 1, 1));
  EXPECT_EQ(placement.output, 1);
  EXPECT_EQ(placement.input, 0);
}

TEST(PlaceLayersTest, TakesMoreGpuLayersThanThereAreForAll) {
  EXPECT_THAT(PlaceLayers(4, 99, {kHost, Gpu(GiB(8))}).layers, Each(1));
}

TEST(PlaceLayersTest, SplitsByFreeMemory) {
  const Placement placement =
      PlaceLayers(7, -1, {kHost, Gpu(GiB(24)), Gpu(GiB(8))});

  // 8 parts: 6 to the first, 2 to the second, of which one is the output.
  EXPECT_THAT(placement.layers, ElementsAre(1, 1, 1, 1, 1, 1, 2));
  EXPECT_EQ(placement.output, 2);
}

TEST(PlaceLayersTest, SplitsEvenlyWhereFreeMemoryIsNotKnown) {
  Device unknown = Gpu(GiB(8));
  unknown.free.reset();

  EXPECT_THAT(PlaceLayers(3, -1, {kHost, Gpu(GiB(24)), unknown}).layers,
              ElementsAre(1, 1, 2));
}

TEST(PlaceLayersTest, UsesAnIntegratedGpuOnlyWithoutAnother) {
  Device integrated = Gpu(GiB(8));
  integrated.kind = DeviceKind::kIntegratedGpu;

  EXPECT_THAT(PlaceLayers(2, -1, {kHost, integrated}).layers, Each(1));
  EXPECT_THAT(PlaceLayers(2, -1, {kHost, integrated, Gpu(GiB(8))}).layers,
              Each(2));
}

TEST(PlaceLayersTest, LeavesAcceleratorsWithoutLayers) {
  Device accelerator = Gpu(GiB(8));
  accelerator.kind = DeviceKind::kAccelerator;

  EXPECT_THAT(PlaceLayers(2, -1, {kHost, accelerator}).layers, Each(0));
}

}  // namespace
}  // namespace hwledger
