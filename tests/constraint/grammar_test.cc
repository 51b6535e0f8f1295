#include "core/constraint/grammar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

auto IsRefused(const char* message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

TEST(ParseGrammarTest, ReadsAllThatGbnfHas) {
  EXPECT_THAT(ParseGrammar("# a comment\n"
                           "root ::= \"a\\n\" [^x-z\\]] word* | # another\n"
                           "  (\"b\"\n  | .)+ word? word{2} word{1,} "
                           "word{0,3}\n\n"
                           "word ::= [a-zé\\u00e9\\x41\\U0001F600-]\r\n"),
              IsOk());
}

TEST(ParseGrammarTest, SaysWhatIsNoGrammarAndInWhichLine) {
  EXPECT_THAT(ParseGrammar("root \"a\""),
              IsRefused("line 1: \"::=\" must follow the name of a rule"));
  EXPECT_THAT(ParseGrammar("root ::= \"a\"\nroot ::= \"b\""),
              IsRefused("line 2: the rule \"root\" is defined twice"));
  EXPECT_THAT(ParseGrammar("root ::= (\"a\""),
              IsRefused("line 1: \")\" is missing"));
  EXPECT_THAT(ParseGrammar("root ::= \"a"),
              IsRefused("line 1: the text ends within a literal"));
  EXPECT_THAT(ParseGrammar("root ::= * \"a\""),
              IsRefused("line 1: '*' must follow an item"));
  EXPECT_THAT(ParseGrammar("root ::= [b-a]"),
              IsRefused("line 1: a range of characters is empty"));
  EXPECT_THAT(ParseGrammar("root ::= \"\\uD800\""),
              IsRefused("line 1: U+D800 is no character"));
  EXPECT_THAT(ParseGrammar("root ::= \"\xff\""), IsRefused("not UTF-8"));
  EXPECT_THAT(ParseGrammar("root ::= <tool>"), IsRefused("not supported"));
  EXPECT_THAT(ParseGrammar("root ::= \"a\"{3,2}"), IsRefused("repeated"));
}

TEST(ParseGrammarTest, RefusesRulesThatAreMissing) {
  EXPECT_THAT(ParseGrammar(""), IsRefused("\"root\" is not defined"));
  EXPECT_THAT(ParseGrammar("root ::= word"),
              IsRefused("\"word\" is not defined"));
}

TEST(ParseGrammarTest, RefusesWhatNeverEnds) {
  EXPECT_THAT(ParseGrammar("root ::= \"a\" root"),
              IsRefused("the rule \"root\" derives never ends"));
  EXPECT_THAT(ParseGrammar("root ::= \"a\" | loop\nloop ::= \"b\" loop"),
              IsRefused("the rule \"loop\" derives never ends"));
  EXPECT_THAT(ParseGrammar("root ::= root"), IsRefused("never ends"));
  EXPECT_THAT(ParseGrammar("root ::= \"a\"\nloop ::= loop"), IsOk())
      << "nothing leads there";
}

TEST(ParseGrammarTest, RefusesWhatIsTooLarge) {
  EXPECT_THAT(ParseGrammar("root ::= \"a\"{10001}"), IsRefused("10000"));
  EXPECT_THAT(ParseGrammar("root ::= (\"a\"{1000}){1000}"),
              IsRefused("too large"));
  EXPECT_THAT(ParseGrammar("root ::= (((\"\"{9999}){9999}){9999}){9999}"),
              IsRefused("too large"));
  EXPECT_THAT(ParseGrammar(absl::StrCat("root ::= ", std::string(65, '('))),
              IsRefused("more than 64 groups"));
  EXPECT_THAT(ParseGrammar(std::string((256 << 10) + 1, ' ')),
              IsRefused("longer than"));
}

}  // namespace
}  // namespace hwledger
