#include "core/closest_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(ClosestNamesTest, ComesFirstWithTheFewestEdits) {
  EXPECT_THAT(ClosestNames("kitten", {"sitting", "mitten", "dog"}),
              ElementsAre("mitten", "sitting"));
}

TEST(ClosestNamesTest, FindsAPartOfAName) {
  EXPECT_THAT(ClosestNames("gemma", {"llama-3.1-8b", "gemma-3-12b"}),
              ElementsAre("gemma-3-12b"));
}

TEST(ClosestNamesTest, DoesNotMindCase) {
  EXPECT_THAT(ClosestNames("Q4KM", {"q4_k_m"}), ElementsAre("q4_k_m"));
}

TEST(ClosestNamesTest, DoesNotMindPunctuation) {
  EXPECT_THAT(ClosestNames("llama3", {"llama-3.1-8b", "gemma-3-12b"}),
              ElementsAre("llama-3.1-8b"));
}

TEST(ClosestNamesTest, PrefersANameThatBeginsSo) {
  EXPECT_THAT(ClosestNames("llama3", {"codellama-34b", "llama-3.1-8b"}),
              ElementsAre("llama-3.1-8b", "codellama-34b"));
}

TEST(ClosestNamesTest, LeavesOutWhatIsAnotherName) {
  EXPECT_THAT(ClosestNames("abcdef", {"uvwxyz"}), IsEmpty());
  EXPECT_THAT(ClosestNames("ollama:none", {"llama-2-7b"}), IsEmpty());
  EXPECT_THAT(ClosestNames("", {"uvwxyz"}), IsEmpty());
  EXPECT_THAT(ClosestNames("--", {"uvwxyz"}), IsEmpty());
}

TEST(ClosestNamesTest, AreThreeAtMost) {
  EXPECT_THAT(ClosestNames("a1", {"a2", "a3", "a4", "a5"}), SizeIs(3));
}

TEST(DidYouMeanTest, EndsAMessage) {
  EXPECT_EQ(DidYouMean("ab", {"abc", "abd"}), "; did you mean 'abc' or 'abd'?");
  EXPECT_EQ(DidYouMean("ab", {}), "");
}

}  // namespace
}  // namespace hwledger
