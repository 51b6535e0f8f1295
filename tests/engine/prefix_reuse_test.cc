#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::Ge;

// With the begin of the text, 101 tokens.
constexpr int64_t kPromptTokens = 101;
std::string PromptOf(char letter) {
  std::string prompt;
  for (int i = 0; i < 12; ++i) absl::StrAppend(&prompt, "prompt", i, ":,");
  prompt.resize(kPromptTokens - 2);
  return prompt + letter;
}

Generation For(const std::string& user, std::string prompt,
               int64_t token_count_max = 40) {
  Generation generation = Greedy(std::move(prompt), token_count_max);
  generation.user = user;
  return generation;
}

// Of every kind of memory that a model can have.
class PrefixReuseTest : public LlamaEngineTest,
                        public testing::WithParamInterface<const char*> {
 protected:
  void LoadModel(EngineOptions options, const ServingOptions& serving = {}) {
    if (options.sequence_length == 0) options.sequence_length = 512;
    std::string name =
        testing::UnitTest::GetInstance()->current_test_info()->name();
    const TinyModel model = {.architecture = GetParam()};
    ASSERT_THAT(engine_.Load(
                    model.Write(absl::StrReplaceAll(name, {{"/", "_"}})),
                    options, [](double) { return true; }, serving),
                IsOk());
  }

  // What the model says where nothing was computed before.
  std::string FreshText(Generation generation) {
    generation.user = absl::StrCat("stranger ", ++strangers_);
    const Heard& heard = AwaitEnd(Start(generation));
    EXPECT_TRUE(heard.completion);
    EXPECT_EQ(heard.completion->cached_prompt_tokens, 0);
    return heard.text();
  }

 private:
  int strangers_ = 0;
};

TEST_P(PrefixReuseTest, ReadsOnlyTheEndOfAPromptThatComesAgain) {
  LoadModel({.slot_count = 2});
  const std::string fresh = FreshText(For("", PromptOf('a')));
  AwaitEnd(Start(For("ann", PromptOf('a'))));

  const Heard& again = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(again.completion->cached_prompt_tokens, kPromptTokens - 1);
  EXPECT_EQ(again.completion->prompt_tokens, kPromptTokens);
  EXPECT_EQ(again.text(), fresh);
}

TEST_P(PrefixReuseTest, GoesOnWithAConversation) {
  LoadModel({.slot_count = 2});
  const std::string longer = PromptOf('a') + "-and-so-on";
  const std::string fresh = FreshText(For("", longer));
  AwaitEnd(Start(For("ann", PromptOf('a'), 1)));

  const Heard& next = AwaitEnd(Start(For("ann", longer)));

  EXPECT_THAT(next.completion->cached_prompt_tokens, Ge(kPromptTokens - 1));
  EXPECT_EQ(next.text(), fresh);
}

TEST_P(PrefixReuseTest, SaysTheSameAfterAPromptThatDiffersAtItsEnd) {
  LoadModel({.slot_count = 2});
  const std::string other = PromptOf('a').substr(0, 60) + "-is-different";
  const std::string fresh = FreshText(For("", other));
  AwaitEnd(Start(For("ann", PromptOf('a'))));

  const Heard& next = AwaitEnd(Start(For("ann", other)));

  EXPECT_EQ(next.text(), fresh);
  if (std::string(GetParam()) == "llama") {
    EXPECT_EQ(next.completion->cached_prompt_tokens, 61);
  }
}

TEST_P(PrefixReuseTest, UsesNothingOfAnotherUser) {
  LoadModel({.slot_count = 1});
  AwaitEnd(Start(For("ann", PromptOf('a'))));

  const Heard& other = AwaitEnd(Start(For("bob", PromptOf('a'))));

  EXPECT_EQ(other.completion->cached_prompt_tokens, 0);
}

TEST_P(PrefixReuseTest, SaysTheSameBesideOneThatHasTheSamePrompt) {
  LoadModel({.slot_count = 2});
  const std::string fresh = FreshText(For("", PromptOf('a')));
  const int64_t first = Start(For("ann", PromptOf('a')), /*credit_tokens=*/1);
  Await(first, [](const Heard& heard) { return heard.token_count > 0; });

  const Heard& second = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(second.text(), fresh);
  if (std::string(GetParam()) != "gemma2") {
    EXPECT_EQ(second.completion->cached_prompt_tokens, kPromptTokens - 1);
  }
  Grant(first, kPlenty);
  EXPECT_EQ(FullText(first), fresh);
}

TEST_P(PrefixReuseTest, BringsBackWhatHadToLeaveItsSlot) {
  LoadModel({.slot_count = 1});
  const std::string fresh = FreshText(For("", PromptOf('a')));
  AwaitEnd(Start(For("ann", PromptOf('a'))));
  AwaitEnd(Start(For("bob", PromptOf('b'))));

  const Heard& again = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(again.completion->cached_prompt_tokens, kPromptTokens - 1);
  EXPECT_EQ(again.text(), fresh);
}

TEST_P(PrefixReuseTest, KeepsNothingBesideTheCacheWithoutMemoryForIt) {
  LoadModel({.slot_count = 1}, {.prefix_cache_max = Bytes()});
  AwaitEnd(Start(For("ann", PromptOf('a'))));
  AwaitEnd(Start(For("bob", PromptOf('b'))));

  const Heard& again = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(again.completion->cached_prompt_tokens, 0);
}

TEST_P(PrefixReuseTest, GoesBackFurtherThanItsWindowReaches) {
  // The cache of the windows holds 256 cells, fewer than the text has tokens.
  LoadModel({.slot_count = 1, .micro_batch_size = 16});
  const Generation generation = For("ann", PromptOf('a'), 300);
  const std::string fresh = FreshText(generation);
  EXPECT_EQ(AwaitEnd(Start(generation)).text(), fresh);

  const Heard& again = AwaitEnd(Start(generation));

  EXPECT_EQ(again.completion->cached_prompt_tokens, kPromptTokens - 1);
  EXPECT_EQ(again.text(), fresh);
}

TEST_P(PrefixReuseTest, ReusesInSeparateCaches) {
  LoadModel({.slot_count = 3, .kv_unified = false});
  const std::string fresh = FreshText(For("", PromptOf('a')));
  AwaitEnd(Start(For("ann", PromptOf('a'), 1)));

  const Heard& again = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(again.completion->cached_prompt_tokens, kPromptTokens - 1);
  EXPECT_EQ(again.text(), fresh);
}

TEST_P(PrefixReuseTest, CopiesFromOneSeparateCacheToAnother) {
  LoadModel({.slot_count = 2, .kv_unified = false});
  const std::string fresh = FreshText(For("", PromptOf('a')));
  const int64_t first = Start(For("ann", PromptOf('a')), /*credit_tokens=*/3);
  Await(first, [](const Heard& heard) { return heard.token_count > 0; });

  const Heard& second = AwaitEnd(Start(For("ann", PromptOf('a'))));

  EXPECT_EQ(second.text(), fresh);
  EXPECT_EQ(second.completion->cached_prompt_tokens, kPromptTokens - 1);
  Grant(first, kPlenty);
  EXPECT_EQ(FullText(first), fresh);
}

INSTANTIATE_TEST_SUITE_P(Memories, PrefixReuseTest,
                         testing::Values("llama", "gemma2", "mamba", "jamba"),
                         [](const auto& architecture) {
                           return std::string(architecture.param);
                         });

}  // namespace
}  // namespace hwledger
