#include "core/constraint/grammar_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

GrammarMatch MatchOf(std::string_view gbnf) {
  absl::StatusOr<Grammar> grammar = ParseGrammar(gbnf);
  EXPECT_TRUE(grammar.ok()) << grammar.status();
  return GrammarMatch(std::make_shared<const Grammar>(*std::move(grammar)));
}

// Whether the whole text follows the grammar.
bool Derives(std::string_view gbnf, std::string_view text) {
  GrammarMatch match = MatchOf(gbnf);
  return match.Accept(text) && match.front().complete;
}

TEST(GrammarMatchTest, FollowsWhatAGrammarDerivesAndNothingElse) {
  const char* const gbnf = "root ::= \"a\" (\"b\" | \"cd\"){1,2} [x-z]? .\n";

  EXPECT_TRUE(Derives(gbnf, "ab!"));
  EXPECT_TRUE(Derives(gbnf, "abcdz!"));
  EXPECT_TRUE(Derives(gbnf, "acdcd\n"));
  EXPECT_FALSE(Derives(gbnf, "ab"));
  EXPECT_FALSE(Derives(gbnf, "abbbb!"));
  EXPECT_FALSE(Derives(gbnf, "acx!"));
}

TEST(GrammarMatchTest, ComesBackFromRulesToWhereTheyWereCalled) {
  const char* const gbnf =
      "root ::= \"(\" list \")\" | \"[\" list \"]\"\n"
      "list ::= item (\",\" item)*\n"
      "item ::= \"x\" | root\n";

  EXPECT_TRUE(Derives(gbnf, "(x,[x,(x)],x)"));
  EXPECT_FALSE(Derives(gbnf, "(x,[x,(x]),x)"));
  EXPECT_FALSE(Derives(gbnf, "(x"));
}

TEST(GrammarMatchTest, FollowsRulesThatDeriveNothing) {
  const char* const gbnf =
      "root ::= pair \"!\"\n"
      "pair ::= maybe maybe\n"
      "maybe ::= \"a\" | nothing\n"
      "nothing ::= \"\"\n";

  EXPECT_TRUE(Derives(gbnf, "!"));
  EXPECT_TRUE(Derives(gbnf, "a!"));
  EXPECT_TRUE(Derives(gbnf, "aa!"));
  EXPECT_FALSE(Derives(gbnf, "aaa!"));
}

TEST(GrammarMatchTest, FollowsRulesThatBeginWithThemselves) {
  const char* const gbnf =
      "root ::= sum\n"
      "sum ::= sum \"+\" [0-9] | nothing sum | [0-9]\n"
      "nothing ::= \"\"\n";

  EXPECT_TRUE(Derives(gbnf, "1+2+3"));
  EXPECT_FALSE(Derives(gbnf, "1+"));
}

TEST(GrammarMatchTest, EndsWhereNothingMayFollow) {
  GrammarMatch match = MatchOf("root ::= \"ab\" \"c\"?");

  EXPECT_TRUE(match.Accept("ab"));
  EXPECT_TRUE(match.front().complete);
  EXPECT_FALSE(match.front().places.empty());
  EXPECT_TRUE(match.Accept("c"));
  EXPECT_TRUE(match.front().places.empty());
  EXPECT_FALSE(match.Allows("d"));
}

TEST(GrammarMatchTest, ReadsACharacterByteByByte) {
  GrammarMatch match = MatchOf("root ::= [à-é]");

  EXPECT_TRUE(match.Allows("\xC3"));
  EXPECT_TRUE(match.Allows("\xC3\xA9"));
  EXPECT_FALSE(match.Allows("\xC3\xAA"));
  EXPECT_FALSE(match.Allows("\xC2")) << "leads to nothing in the set";
  EXPECT_TRUE(match.Accept("\xC3"));
  EXPECT_FALSE(match.front().complete);
  EXPECT_TRUE(match.Accept("\xA0"));
  EXPECT_TRUE(match.front().complete);
}

TEST(GrammarMatchTest, ReadsNoIllFormedUtf8) {
  GrammarMatch match = MatchOf("root ::= .*");

  EXPECT_TRUE(match.Allows("\xF0\x9F\x98\x80"));
  EXPECT_FALSE(match.Allows("\x80"));
  EXPECT_FALSE(match.Allows("\xC0\x80"));
  EXPECT_FALSE(match.Allows("\xE0\x80"));
  EXPECT_FALSE(match.Allows("\xED\xA0")) << "a surrogate";
  EXPECT_FALSE(match.Allows("\xF4\x90"));
  EXPECT_FALSE(match.Allows("\xC3\x28"));
}

TEST(GrammarMatchTest, ForgetsWhatItOnlyTried) {
  GrammarMatch match = MatchOf("root ::= \"(\" root \")\" | \"x\"");
  const GrammarMatch::Mark before = match.mark();

  EXPECT_TRUE(match.Allows("((((x))))"));

  EXPECT_EQ(match.mark().nodes, before.nodes);
  EXPECT_TRUE(match.Accept("(x)"));
}

// Each "x" doubles the ways to read the text.
TEST(GrammarMatchTest, IsNotSlowedByAmbiguity) {
  GrammarMatch match =
      MatchOf("root ::= \"x\" root \"y\" | \"x\" root \"z\" | \"\"");

  EXPECT_TRUE(match.Accept(std::string(2000, 'x')));
  EXPECT_TRUE(match.Accept(std::string(1000, 'y')));
  EXPECT_TRUE(match.Accept(std::string(1000, 'z')));

  EXPECT_TRUE(match.front().complete);
  EXPECT_FALSE(match.overflowed());
}

TEST(GrammarMatchTest, GivesUpWhatTakesTooManyPlaces) {
  GrammarMatch match = MatchOf("root ::= ([ab]? [ab]? [ab]?){3000}");

  EXPECT_FALSE(match.Accept("a"));
  EXPECT_TRUE(match.overflowed());
}

// A long list must not be remembered item by item.
TEST(GrammarMatchTest, TakesNoMemoryForWhatIsDone) {
  GrammarMatch match = MatchOf(
      "root ::= \"[\" item (\",\" item)* \"]\"\n"
      "item ::= \"(\" item \")\" | \"x\" | pair \".\"\n"
      "pair ::= \"<\" item \">\"\n");

  EXPECT_TRUE(match.Accept("[x"));
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(match.Accept(",(<(x)>.)"));

  EXPECT_LT(match.mark().nodes, 1000U);
  EXPECT_TRUE(match.Accept("]"));
  EXPECT_TRUE(match.front().complete);
}

}  // namespace
}  // namespace hwledger
