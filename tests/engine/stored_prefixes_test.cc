#include "core/engine/stored_prefixes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace hwledger {
namespace {

const std::vector<TokenId> kPrompt = {1, 2, 3, 4, 5, 6};

SavedState Save(StoredPrefixes& stored, int64_t size) {
  return stored.Save(Bytes(size), [](absl::Span<uint8_t> bytes) {
    std::fill(bytes.begin(), bytes.end(), uint8_t{7});
    return true;
  });
}

// Keeps `tokens` in 40 bytes.
void Add(StoredPrefixes& stored, std::vector<TokenId> tokens,
         const char* owner = "ann") {
  SavedState state = Save(stored, 40);
  ASSERT_NE(state, nullptr);
  stored.Add({.prefix = {.owner = owner, .tokens = std::move(tokens)},
              .state = std::move(state)});
}

TEST(StoredPrefixesTest, GivesBackWhatIsOfMostUseOnce) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 9});
  Add(stored, {1, 2, 3, 9});

  const auto taken = stored.Take("ann", kPrompt, /*tokens=*/0);

  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->prefix.tokens.size(), 4);
  EXPECT_EQ(taken->state->front(), 7);
  EXPECT_EQ(stored.Take("ann", kPrompt, 0)->prefix.tokens.size(), 3);
  EXPECT_FALSE(stored.Take("ann", kPrompt, 0));
}

TEST(StoredPrefixesTest, KeepsWhatIsOfNoMoreUseThanWhatIsThere) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 9});

  EXPECT_FALSE(stored.Take("ann", kPrompt, /*tokens=*/2));
  EXPECT_TRUE(stored.Take("ann", kPrompt, /*tokens=*/1));
}

TEST(StoredPrefixesTest, GivesNothingToAnotherOwner) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 3});

  EXPECT_FALSE(stored.Take("bob", kPrompt, 0));
}

TEST(StoredPrefixesTest, DropsTheOldestForWhatComesLater) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 3, 4});
  Add(stored, {1, 2, 3});
  Add(stored, {1, 2});

  EXPECT_EQ(stored.Take("ann", kPrompt, 0)->prefix.tokens.size(), 3);
}

TEST(StoredPrefixesTest, KeepsTheLongerOfTwoThatBeginAlike) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 3});
  Add(stored, {1, 2, 3, 4});

  EXPECT_TRUE(stored.Take("ann", kPrompt, 0));
  EXPECT_FALSE(stored.Take("ann", kPrompt, 0));
}

TEST(StoredPrefixesTest, CountsWhatIsKeptElsewhere) {
  StoredPrefixes stored(Bytes(100));
  SavedState checkpoint = Save(stored, 70);

  EXPECT_EQ(Save(stored, 40), nullptr);
  checkpoint = nullptr;
  EXPECT_NE(Save(stored, 40), nullptr);
}

TEST(StoredPrefixesTest, DropsNothingForWhatNeverFits) {
  StoredPrefixes stored(Bytes(100));
  Add(stored, {1, 2, 3});

  EXPECT_EQ(Save(stored, 101), nullptr);
  EXPECT_TRUE(stored.Take("ann", kPrompt, 0));
}

TEST(StoredPrefixesTest, KeepsNothingThatCouldNotBeWritten) {
  StoredPrefixes stored(Bytes(100));

  EXPECT_EQ(stored.Save(Bytes(1), [](absl::Span<uint8_t>) { return false; }),
            nullptr);
}

}  // namespace
}  // namespace hwledger
