#include "core/engine/generated_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::Eq;
using ::testing::Field;
using ::testing::Optional;

auto IsToken(const std::string& text, int64_t token_count) {
  return Optional(AllOf(Field(&Token::text, text),
                        Field(&Token::token_count, token_count)));
}

TEST(GeneratedTextTest, CountsTheTokensThatACharacterTook) {
  GeneratedText text({});

  text.Add("\xC3");
  EXPECT_THAT(text.Take(), Eq(std::nullopt));
  text.Add("\xA9");

  EXPECT_THAT(text.Take(), IsToken("é", 2));
  EXPECT_EQ(text.full_text(), "é");
}

TEST(GeneratedTextTest, SendsWithATextHowLikelyItsTokensWere) {
  GeneratedText text({});

  text.Add("\xC3");
  text.AddLogprob({.token_id = 1, .logprob = -1});
  text.Add("\xA9");
  text.AddLogprob({.token_id = 2, .logprob = -2});

  EXPECT_THAT(text.Take()->logprobs,
              testing::ElementsAre(Field(&TokenLogprob::token_id, 1),
                                   Field(&TokenLogprob::token_id, 2)));
  text.Add("a");
  EXPECT_THAT(text.Take()->logprobs, testing::IsEmpty());
}

TEST(GeneratedTextTest, HoldsBackWhatMayBecomeAStopStringAcrossTokens) {
  GeneratedText text({"\n\n"});

  text.Add("one\n");
  EXPECT_THAT(text.Take(), IsToken("one", 1));
  text.Add("\ntwo");

  EXPECT_TRUE(text.stopped());
  EXPECT_THAT(text.Take(), Eq(std::nullopt));
  EXPECT_EQ(text.full_text(), "one");
  EXPECT_EQ(text.stop_string(), "\n\n");
}

TEST(GeneratedTextTest, GivesAtTheEndWhatItHeldBack) {
  GeneratedText text({"\n\n"});
  text.Add("one\n");
  EXPECT_THAT(text.Take(), IsToken("one", 1));

  text.End();

  EXPECT_THAT(text.Take(), IsToken("\n", 1));
  EXPECT_EQ(text.full_text(), "one\n");
}

TEST(GeneratedTextTest, ReplacesAnUnfinishedCharacterAtTheEnd) {
  GeneratedText text({});
  text.Add("a\xC3");

  text.End();

  EXPECT_THAT(text.Take(), IsToken("a\uFFFD", 1));
}

TEST(GeneratedTextTest, FindsAStopStringThatOnlyTheEndCompletes) {
  GeneratedText text({"\uFFFD"});
  text.Add("a\xC3");

  text.End();

  EXPECT_TRUE(text.stopped());
  EXPECT_EQ(text.full_text(), "a");
}

}  // namespace
}  // namespace hwledger
