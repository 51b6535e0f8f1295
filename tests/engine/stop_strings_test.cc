#include "core/engine/stop_strings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::IsEmpty;

TEST(StopStringsTest, PassesEverythingOnWhereNoneIsGiven) {
  StopStrings stop({});

  EXPECT_EQ(stop.Add("anything"), "anything");
  EXPECT_THAT(stop.Flush(), IsEmpty());
}

TEST(StopStringsTest, EndsBeforeAStopStringWithinAPiece) {
  StopStrings stop({"END"});

  EXPECT_EQ(stop.Add("textENDmore"), "text");
  EXPECT_EQ(stop.found(), "END");
  EXPECT_THAT(stop.Flush(), IsEmpty());
}

TEST(StopStringsTest, HoldsBackWhatMayBecomeAStopString) {
  StopStrings stop({"END"});

  EXPECT_EQ(stop.Add("textE"), "text");
  EXPECT_THAT(stop.Add("N"), IsEmpty());
  EXPECT_THAT(stop.Add("D"), IsEmpty());
  EXPECT_EQ(stop.found(), "END");
}

TEST(StopStringsTest, GivesBackWhatDidNotBecomeOne) {
  StopStrings stop({"END"});

  EXPECT_THAT(stop.Add("EN"), IsEmpty());
  EXPECT_EQ(stop.Add("V"), "ENV");
  EXPECT_THAT(stop.found(), IsEmpty());
}

TEST(StopStringsTest, GivesBackAtTheEndWhatItHeld) {
  StopStrings stop({"END"});

  EXPECT_EQ(stop.Add("textEN"), "text");
  EXPECT_EQ(stop.Flush(), "EN");
}

// After "aab" the last "a" "b" fails "aac", but "aa" of the next try holds.
TEST(StopStringsTest, FindsAStopStringThatBeginsWithinAFailedOne) {
  StopStrings stop({"aac"});

  EXPECT_EQ(stop.Add("aaa"), "a");
  EXPECT_THAT(stop.Add("c"), IsEmpty());
  EXPECT_EQ(stop.found(), "aac");
}

TEST(StopStringsTest, TakesTheOneThatEndsFirst) {
  StopStrings stop({"bcd", "c"});

  EXPECT_EQ(stop.Add("abcd"), "ab");
  EXPECT_EQ(stop.found(), "c");
}

TEST(StopStringsTest, TakesTheLongestOfThoseThatEndTogether) {
  StopStrings stop({"c", "abc", "bc"});

  EXPECT_EQ(stop.Add("xabc"), "x");
  EXPECT_EQ(stop.found(), "abc");
}

TEST(StopStringsTest, FindsTheSameWhereverPiecesEnd) {
  const std::string text = "ababcababd";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    StopStrings stop({"ababd", "abc!"});

    std::string before = stop.Add(text.substr(0, cut));
    if (stop.found().empty()) before += stop.Add(text.substr(cut));

    EXPECT_EQ(before, "ababc") << cut;
    EXPECT_EQ(stop.found(), "ababd") << cut;
  }
}

}  // namespace
}  // namespace hwledger
