#include "core/utf8.h"

#include <gtest/gtest.h>

#include "tests/utf8_encoder.h"

namespace hwledger {
namespace {

TEST(CompleteUtf8PrefixTest, HoldsBackABegunCharacter) {
  EXPECT_EQ(CompleteUtf8Prefix("a\xE2\x82"), 1u);      // € lacks a byte.
  EXPECT_EQ(CompleteUtf8Prefix("a\xF0\x9F\x98"), 1u);  // 😀 lacks a byte.
  EXPECT_EQ(CompleteUtf8Prefix("a\xE2\x82\xAC"), 4u);  // €
  EXPECT_EQ(CompleteUtf8Prefix("\xC3"), 0u);
}

TEST(CompleteUtf8PrefixTest, LetsGoOfWhatCanNeverBecomeACharacter) {
  EXPECT_EQ(CompleteUtf8Prefix("a\xFF"), 2u);
  EXPECT_EQ(CompleteUtf8Prefix("\x80\x80\x80\x80"), 4u);
  EXPECT_EQ(CompleteUtf8Prefix("\xE0\x80"), 2u);  // Overlong.
}

TEST(WithValidUtf8Test, KeepsCharactersAndReplacesTheRest) {
  EXPECT_EQ(WithValidUtf8("grün €😀"), "grün €😀");
  EXPECT_EQ(WithValidUtf8("a\xFFz"), "a\uFFFDz");
  EXPECT_EQ(WithValidUtf8("a\xE2\x82"), "a\uFFFD");
  EXPECT_EQ(WithValidUtf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");  // Surrogate.
}

// The Unicode Standard, table 3-8: one U+FFFD for each maximal subpart.
TEST(WithValidUtf8Test, ReplacesEachMaximalSubpartOnce) {
  EXPECT_EQ(WithValidUtf8("a\xF1\x80\x80\xE1\x80\xC2"
                          "b\x80"
                          "c\x80\xBF"
                          "d"),
            "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
}

TEST(WithValidUtf8Test, KeepsTheFirstAndTheLastOfEachLength) {
  const std::string bounds =
      "\x01\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80"
      "\xF4\x8F\xBF\xBF";

  EXPECT_EQ(WithValidUtf8(bounds), bounds);
}

TEST(FirstCharacterTest, ReadsCharactersOfEveryLength) {
  for (const char32_t character :
       {U'\0', U'a', U'\x7F', U'\x80', U'é', U'\u07FF', U'\u0800', U'\uFFFD',
        U'\U00010000', U'\U0010FFFF'}) {
    std::string text;
    AppendUtf8(character, text);
    const size_t size = text.size();
    text += "more";

    const auto first = FirstCharacter(text);

    ASSERT_TRUE(first) << static_cast<uint32_t>(character);
    EXPECT_EQ(first->value, character);
    EXPECT_EQ(first->size, size);
  }
}

TEST(FirstCharacterTest, FindsNoneInWhatIsIllFormedOrNotWhole) {
  EXPECT_FALSE(FirstCharacter(""));
  EXPECT_FALSE(FirstCharacter("\xC3"));
  EXPECT_FALSE(FirstCharacter("\x80"));
  EXPECT_FALSE(FirstCharacter("\xED\xA0\x80"));
}

}  // namespace
}  // namespace hwledger
