#include "clients/cli/utf8.h"

#include <gtest/gtest.h>

namespace hwledger {
namespace {

TEST(IsUtf8Test, TakesCodePointsOfEveryLength) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("a é – 模 😀 \xf4\x8f\xbf\xbf"));
}

TEST(IsUtf8Test, RefusesWhatIsMalformed) {
  for (const char* text : {
           "\xff",              // No lead byte.
           "a\x80",             // A continuation alone.
           "\xe2\x80",          // Cut off.
           "\xe2z\x93",         // A continuation missing.
           "\xc0\xaf",          // Overlong.
           "\xe0\x9f\xbf",      // Overlong.
           "\xed\xa0\x80",      // A surrogate.
           "\xf4\x90\x80\x80",  // Beyond U+10FFFF.
       }) {
    EXPECT_FALSE(IsUtf8(text)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace hwledger
