#include "clients/cli/units.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/status_matchers.h"

namespace hwledger {
namespace {

TEST(FormatBytesTest, WritesThreeDigitsInTheLargestUnit) {
  EXPECT_EQ(FormatBytes(0), "0 B");
  EXPECT_EQ(FormatBytes(1023), "1023 B");
  EXPECT_EQ(FormatBytes(1536), "1.50 KiB");
  EXPECT_EQ(FormatBytes(int64_t{16} << 30), "16.0 GiB");
  EXPECT_EQ(FormatBytes(int64_t{512} << 20), "512 MiB");
}

TEST(FormatBytesTest, ChangesTheUnitRatherThanWrite1024OfTheSmaller) {
  EXPECT_EQ(FormatBytes((int64_t{1} << 30) - 1), "1.00 GiB");
  EXPECT_EQ(FormatBytes(int64_t{1023} << 20), "1023 MiB");
}

TEST(FormatBytesTest, WritesTheLargestAmountThereCanBe) {
  EXPECT_EQ(FormatBytes(std::numeric_limits<int64_t>::max()), "8192 PiB");
}

TEST(FormatBandwidthTest, CountsInPowersOfTen) {
  EXPECT_EQ(FormatBandwidth(1'008'000'000'000), "1.01 TB/s");
  EXPECT_EQ(FormatBandwidth(51'200'000'000), "51.2 GB/s");
}

TEST(FormatFlopsTest, CountsInPowersOfTen) {
  EXPECT_EQ(FormatFlops(71.2e12), "71.2 TFLOPS");
  EXPECT_EQ(FormatFlops(950e9), "950 GFLOPS");
}

TEST(FormatCountTest, WritesParametersAsModelsAreCalled) {
  EXPECT_EQ(FormatCount(8'030'261'248), "8.03B");
  EXPECT_EQ(FormatCount(494'032'768), "494M");
  EXPECT_EQ(FormatCount(999), "999");
}

TEST(FormatRateRangeTest, WritesOneNumberWhereBothLookTheSame) {
  EXPECT_EQ(FormatRateRange(41.2, 55.04), "41.2–55.0");
  EXPECT_EQ(FormatRateRange(41.21, 41.22), "41.2");
}

TEST(FormatElapsedTest, WritesTheUnitThatFits) {
  EXPECT_EQ(FormatElapsed(absl::Milliseconds(350)), "350 ms");
  EXPECT_EQ(FormatElapsed(absl::Milliseconds(12'400)), "12.4 s");
  EXPECT_EQ(FormatElapsed(absl::Seconds(300)), "5 min");
  EXPECT_EQ(FormatElapsed(absl::Hours(49)), "2 d");
}

TEST(FormatContextTest, CountsTheSequencesWhereThereAreSeveral) {
  EXPECT_EQ(FormatContext(0, 8192), "8192");
  EXPECT_EQ(FormatContext(1, 8192), "8192");
  EXPECT_EQ(FormatContext(4, 8192), "4 × 8192");
}

TEST(ParseBandwidthTest, ReadsBytesPerSecond) {
  EXPECT_THAT(ParseBandwidth("400GB"), IsOkAndHolds(400'000'000'000));
  EXPECT_THAT(ParseBandwidth("400GB/s"), IsOkAndHolds(400'000'000'000));
  EXPECT_THAT(ParseBandwidth("-4GB"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("not a memory bandwidth")));
}

TEST(ParseElapsedTest, ReadsWhatIsLongerThanNothing) {
  EXPECT_THAT(ParseElapsed("1h30m"), IsOkAndHolds(absl::Minutes(90)));
  for (const char* text : {"", "soon", "10", "-1s"}) {
    EXPECT_THAT(ParseElapsed(text),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(ParseBytesTest, TellsPowersOfTwoFromPowersOfTen) {
  EXPECT_THAT(ParseBytes("24GiB"), IsOkAndHolds(int64_t{24} << 30));
  EXPECT_THAT(ParseBytes("24G"), IsOkAndHolds(int64_t{24} << 30));
  EXPECT_THAT(ParseBytes("24GB"), IsOkAndHolds(24'000'000'000));
  EXPECT_THAT(ParseBytes("1.5 kib"), IsOkAndHolds(1536));
  EXPECT_THAT(ParseBytes("42"), IsOkAndHolds(42));
}

TEST(ParseBytesTest, RefusesWhatIsNoAmount) {
  for (const char* text :
       {"", "GiB", "-1", "1.2.3", "1 parsec", "24Gi2", "nan", "9999999999P"}) {
    EXPECT_THAT(ParseBytes(text), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(ParseFlopsTest, CountsInPowersOfTen) {
  EXPECT_THAT(ParseFlops("71TFLOPS"), IsOkAndHolds(71e12));
  EXPECT_THAT(ParseFlops("71t"), IsOkAndHolds(71e12));
  EXPECT_THAT(ParseFlops("1.5 gflops"), IsOkAndHolds(1.5e9));
  EXPECT_THAT(ParseFlops("42"), IsOkAndHolds(42));
}

TEST(ParseFlopsTest, RefusesWhatIsNoRate) {
  for (const char* text : {"", "T", "-1T", "71TB", "71Ti", "71 teraflops"}) {
    EXPECT_THAT(ParseFlops(text), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

}  // namespace
}  // namespace hwledger
