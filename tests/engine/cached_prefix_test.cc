#include "core/engine/cached_prefix.h"

#include <gtest/gtest.h>

#include <vector>

namespace hwledger {
namespace {

const std::vector<TokenId> kPrompt = {1, 2, 3, 4, 5, 6};

SavedState State() { return std::make_shared<std::vector<uint8_t>>(8); }

SlotView Free(const std::vector<TokenId>& tokens, int64_t last_use = 0) {
  return {.last_use = last_use,
          .prefix = {.owner = "ann", .tokens = absl::MakeConstSpan(tokens)}};
}
SlotView Taken(const std::vector<TokenId>& tokens) {
  SlotView slot = Free(tokens);
  slot.is_free = false;
  return slot;
}

SlotChoice Choose(std::vector<SlotView> slots, int64_t copied_min = 1) {
  return ChooseSlot(slots, "ann", kPrompt, copied_min);
}

TEST(ResumeFromTest, UsesTheCommonPart) {
  const std::vector<TokenId> tokens = {1, 2, 3, 9, 9};

  EXPECT_EQ(
      ResumeFrom({.owner = "ann", .tokens = tokens}, "ann", kPrompt).tokens, 3);
}

TEST(ResumeFromTest, LeavesTheLastTokenToBeComputed) {
  EXPECT_EQ(
      ResumeFrom({.owner = "ann", .tokens = kPrompt}, "ann", kPrompt).tokens,
      5);
}

TEST(ResumeFromTest, UsesNothingOfAnotherOwner) {
  EXPECT_EQ(
      ResumeFrom({.owner = "bob", .tokens = kPrompt}, "ann", kPrompt).tokens,
      0);
}

TEST(ResumeFromTest, GoesBackToTheLatestCheckpointThatIsInCommon) {
  const std::vector<TokenId> tokens = {1, 2, 3, 4, 9, 9};
  const std::vector<Checkpoint> checkpoints = {
      {1, State()}, {3, State()}, {5, State()}};

  const Resume resume = ResumeFrom({.owner = "ann",
                                    .tokens = tokens,
                                    .rewind_min = 6,
                                    .checkpoints = checkpoints},
                                   "ann", kPrompt);

  EXPECT_EQ(resume.tokens, 3);
  EXPECT_EQ(resume.state, checkpoints[1].state);
}

TEST(ResumeFromTest, UsesNothingThatItCannotGoBackTo) {
  const std::vector<TokenId> tokens = {1, 2, 3, 4, 9, 9};
  const PrefixView prefix = {.owner = "ann", .tokens = tokens, .rewind_min = 5};

  EXPECT_EQ(ResumeFrom(prefix, "ann", kPrompt).tokens, 0);
}

TEST(ChooseSlotTest, TakesTheLongestPrefixThatIsFree) {
  const std::vector<TokenId> shorter = {1, 2};
  const std::vector<TokenId> longer = {1, 2, 3};

  const SlotChoice choice = Choose({Free({}), Free(shorter), Free(longer)});

  EXPECT_EQ(choice.slot, 2);
  EXPECT_EQ(choice.source, 2);
  EXPECT_EQ(choice.resume.tokens, 3);
}

TEST(ChooseSlotTest, CopiesALongerOneThatIsTaken) {
  const std::vector<TokenId> shorter = {1, 2};
  const std::vector<TokenId> longer = {1, 2, 3};

  const SlotChoice choice = Choose({Free(shorter), Taken(longer), Free({})});

  EXPECT_EQ(choice.slot, 2);
  EXPECT_EQ(choice.source, 1);
  EXPECT_EQ(choice.resume.tokens, 3);
}

TEST(ChooseSlotTest, CopiesWhatWouldLoseMostOfItself) {
  const std::vector<TokenId> conversation = {1, 2, 9, 9, 9};

  const SlotChoice choice = Choose({Free(conversation), Free({})});

  EXPECT_EQ(choice.slot, 1);
  EXPECT_EQ(choice.source, 0);
  EXPECT_EQ(choice.resume.tokens, 2);
}

TEST(ChooseSlotTest, CopiesNothingThatIsShorterThanPays) {
  const std::vector<TokenId> tokens = {1, 2, 3};

  EXPECT_EQ(Choose({Taken(tokens), Free({})}, 3).resume.tokens, 3);
  EXPECT_EQ(Choose({Taken(tokens), Free({})}, 4).resume.tokens, 0);
}

TEST(ChooseSlotTest, TakesTheOnlySlotWhateverItLoses) {
  const std::vector<TokenId> conversation = {1, 2, 9, 9, 9};

  for (const int64_t copied_min : {int64_t{1}, kNoCopies}) {
    const SlotChoice choice = Choose({Free(conversation)}, copied_min);
    EXPECT_EQ(choice.slot, 0);
    EXPECT_EQ(choice.source, 0);
    EXPECT_EQ(choice.resume.tokens, 2);
  }
}

TEST(ChooseSlotTest, LeavesAConversationAloneWhereNothingCanBeCopied) {
  const std::vector<TokenId> conversation = {1, 2, 9, 9, 9};

  const SlotChoice choice = Choose({Free(conversation), Free({})}, kNoCopies);

  EXPECT_EQ(choice.slot, 1);
  EXPECT_EQ(choice.resume.tokens, 0);
}

TEST(ChooseSlotTest, TakesTheSlotThatWasNotUsedForTheLongestTime) {
  const std::vector<TokenId> other = {7, 7, 7};

  const SlotChoice choice =
      Choose({Taken(other), Free(other, 3), Free(other, 2), Free(other, 4)});

  EXPECT_EQ(choice.slot, 2);
  EXPECT_EQ(choice.source, 2);
  EXPECT_EQ(choice.resume.tokens, 0);
}

}  // namespace
}  // namespace hwledger
