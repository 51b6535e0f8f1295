#include "clients/cli/terminal_text.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(EscapeControlsTest, WritesControlCharactersOut) {
  EXPECT_EQ(EscapeControls("a\x1b[2Jb\n"), "a\\x1b[2Jb\\x0a");
  EXPECT_EQ(EscapeControls("\xc2\x9b"), "\\x9b");
}

TEST(EscapeControlsTest, LeavesOtherTextAlone) {
  EXPECT_EQ(EscapeControls("Modèle 模型 \xc2\xa0"), "Modèle 模型 \xc2\xa0");
}

TEST(EscapeControlsInLinesTest, KeepsLines) {
  EXPECT_EQ(EscapeControlsInLines("a\nb\r"), "a\nb\\x0d");
}

TEST(DropControlsTest, KeepsLinesAndTabs) {
  EXPECT_EQ(DropControls("a\tb\n\x1b[31m\r\x7f\xc2\x9b é"), "a\tb\n[31m é");
}

TEST(DisplayWidthTest, CountsCharactersAndNotBytes) {
  EXPECT_EQ(DisplayWidth("41–55"), 5);
}

TEST(ShortenMiddleTest, KeepsBothEnds) {
  EXPECT_EQ(ShortenMiddle("Meta-Llama-Q4_K_M", 9), "Meta…_K_M");
}

TEST(ShortenMiddleTest, LeavesAloneWhatFits) {
  EXPECT_EQ(ShortenMiddle("demo", 4), "demo");
}

TEST(WrappedTest, BreaksBetweenWords) {
  EXPECT_EQ(Wrapped("one two three", 7), "one two\nthree");
  EXPECT_EQ(Wrapped("1234567 8", 3), "1234567\n8");
  EXPECT_EQ(Wrapped("", 3), "");
}

TEST(QuotedPieceTest, ShowsAPartOfACharacterByItsBytes) {
  EXPECT_EQ(QuotedPiece("a\n"), "\"a\\x0a\"");
  EXPECT_EQ(QuotedPiece("\xe2\x82"), "\"\\xe2\\x82\"");
  EXPECT_EQ(QuotedPiece("\xc2\x9b"), "\"\\x9b\"");
}

}  // namespace
}  // namespace hwledger
