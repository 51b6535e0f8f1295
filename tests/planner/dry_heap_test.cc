#include "core/planner/dry_heap.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(DryHeapTest, GivesOutTheSmallestGapThatIsLargeEnough) {
  DryHeap heap;
  const DryHeap::Block wide = heap.Take(Bytes(30));
  heap.Take(Bytes(1));
  const DryHeap::Block narrow = heap.Take(Bytes(20));
  heap.Take(Bytes(1));
  heap.Free(wide);
  heap.Free(narrow);

  EXPECT_EQ(heap.Take(Bytes(20)).offset, Bytes(31));
  EXPECT_EQ(heap.Take(Bytes(20)).offset, Bytes(0));
  EXPECT_EQ(heap.Take(Bytes(10)).offset, Bytes(20));
  EXPECT_EQ(heap.peak(), Bytes(52));
}

TEST(DryHeapTest, GrowsWhereNothingFits) {
  DryHeap heap;
  const DryHeap::Block gap = heap.Take(Bytes(10));
  heap.Take(Bytes(1));
  heap.Free(gap);

  EXPECT_EQ(heap.Take(Bytes(11)).offset, Bytes(11));
  EXPECT_EQ(heap.peak(), Bytes(22));
}

TEST(DryHeapTest, JoinsGapsThatTouch) {
  DryHeap heap;
  const DryHeap::Block first = heap.Take(Bytes(10));
  const DryHeap::Block second = heap.Take(Bytes(10));
  const DryHeap::Block third = heap.Take(Bytes(10));
  heap.Take(Bytes(1));
  heap.Free(first);
  heap.Free(third);
  heap.Free(second);

  EXPECT_EQ(heap.Take(Bytes(30)).offset, Bytes(0));
}

TEST(DryHeapTest, ForgetsTheEndThatIsFreeButNotItsPeak) {
  DryHeap heap;
  const DryHeap::Block first = heap.Take(Bytes(10));
  const DryHeap::Block second = heap.Take(Bytes(10));
  heap.Free(first);
  heap.Free(second);

  EXPECT_EQ(heap.Take(Bytes(15)).offset, Bytes(0));
  EXPECT_EQ(heap.peak(), Bytes(20));
}

TEST(DryHeapTest, IsLikeAnotherWithTheSameGaps) {
  DryHeap heap;
  const DryHeap heap_before = heap;
  const DryHeap::Block first = heap.Take(Bytes(10));
  const DryHeap::Block second = heap.Take(Bytes(10));

  heap.Free(first);
  EXPECT_NE(heap, heap_before);
  heap.Free(second);
  EXPECT_EQ(heap, heap_before);
}

TEST(DryHeapTest, NeedsNothingForNothing) {
  DryHeap heap;
  heap.Free(heap.Take(Bytes()));

  EXPECT_EQ(heap.peak(), Bytes());
}

TEST(DryHeapTest, SaturatesWithTheAmountsThatAreTaken) {
  DryHeap heap;
  heap.Free(heap.Take(Bytes::Max()));
  heap.Take(Bytes::Max());

  EXPECT_EQ(heap.peak(), Bytes::Max());
}

}  // namespace
}  // namespace hwledger
