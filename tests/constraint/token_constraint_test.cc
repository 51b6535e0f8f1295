#include "core/constraint/token_constraint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace hwledger {
namespace {

using ::testing::ElementsAre;

// The last token ends the text.
std::shared_ptr<const TokenPieces> VocabularyWith(
    std::vector<std::string> pieces) {
  std::vector<bool> ends_text(pieces.size() + 1, false);
  ends_text.back() = true;
  pieces.emplace_back("");
  return std::make_shared<const TokenPieces>(std::move(pieces),
                                             std::move(ends_text));
}

TokenConstraint ConstraintOf(std::string_view gbnf,
                             std::vector<std::string> pieces) {
  return {std::make_shared<const Grammar>(*ParseGrammar(gbnf)),
          VocabularyWith(std::move(pieces))};
}

TEST(TokenConstraintTest, AllowsTokensThatTheGrammarCanGoOnWith) {
  TokenConstraint constraint = ConstraintOf(
      "root ::= \"abc\" \"d\"?", {"b", "ab", "abd", "abc", "a", "", "abcdx"});

  EXPECT_THAT(constraint.AllowedTokens(),
              ElementsAre(false, true, false, true, true, false, false, false));
  for (int64_t token = 0; token < 8; ++token) {
    EXPECT_EQ(constraint.Allows(token),
              constraint.AllowedTokens()[static_cast<size_t>(token)])
        << token;
  }
}

TEST(TokenConstraintTest, EndsTheTextOnlyWhereItIsWhole) {
  TokenConstraint constraint =
      ConstraintOf("root ::= \"ab\" \"c\"?", {"a", "b", "c"});
  EXPECT_FALSE(constraint.Allows(3));

  constraint.Accept(0);
  constraint.Accept(1);

  EXPECT_THAT(constraint.AllowedTokens(),
              ElementsAre(false, false, true, true));
  EXPECT_FALSE(constraint.finished());
  constraint.Accept(2);
  EXPECT_TRUE(constraint.finished());
}

TEST(TokenConstraintTest, TakesTokensThatArePartsOfACharacter) {
  TokenConstraint constraint =
      ConstraintOf("root ::= \"é\"", {"\xC3", "\xA9", "\xA8"});

  EXPECT_THAT(constraint.AllowedTokens(),
              ElementsAre(true, false, false, false));
  constraint.Accept(0);
  EXPECT_THAT(constraint.AllowedTokens(),
              ElementsAre(false, true, false, false));
}

}  // namespace
}  // namespace hwledger
