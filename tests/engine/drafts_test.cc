#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;

const ServingOptions kLookup = {.ngram_lookup = true};

ServingOptions DraftedBy(const TinyModel& model) {
  const testing::TestInfo* test =
      testing::UnitTest::GetInstance()->current_test_info();
  return {.draft_path = model.Write(absl::StrCat(test->name(), "_draft"))};
}

// Texts that repeat themselves, by chance and by what the model likes to say.
std::vector<Generation> Generations() {
  std::vector<Generation> generations;
  for (int i = 0; i < 4; ++i) {
    Generation generation = Greedy(absl::StrCat("abcabcabc ", i), 60);
    generations.push_back(generation);
    generation.sampling = {.temperature = 0.7, .top_k = 3, .seed = i};
    generations.push_back(generation);
  }
  return generations;
}

class DraftsTest : public LlamaEngineTest {
 protected:
  void Load(const TinyModel& model, const ServingOptions& serving,
            int64_t slot_count = 1) {
    ASSERT_THAT(LoadStatus(model, serving, slot_count), IsOk());
  }
  absl::Status LoadStatus(const TinyModel& model, const ServingOptions& serving,
                          int64_t slot_count = 1) {
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    return engine_
        .Load(
            model.Write(test->name()),
            {.sequence_length = 256,
             .slot_count = slot_count,
             .kv_unified = false},
            [](double) { return true; }, serving)
        .status();
  }

  // Runs all at once and expects of each what an engine without drafts says.
  // Returns the sum of what was counted.
  Completion ExpectSameTexts(const TinyModel& model) {
    LlamaEngine plain;
    EXPECT_THAT(plain.Load(model.Write("plain"), {.sequence_length = 256},
                           [](double) { return true; }),
                IsOk());
    std::vector<int64_t> ids;
    for (const Generation& generation : Generations()) {
      ids.push_back(Start(generation));
    }
    Completion sum;
    for (size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(FullText(ids[i]), PlainText(plain, Generations()[i])) << i;
      const Completion& completion = *heard_[ids[i]].completion;
      sum.completion_tokens += completion.completion_tokens;
      sum.draft_tokens += completion.draft_tokens;
      sum.accepted_draft_tokens += completion.accepted_draft_tokens;
    }
    return sum;
  }

 private:
  static std::string PlainText(LlamaEngine& plain, Generation generation) {
    plain.Submit({1, hwledger::Start{std::move(generation), kPlenty}});
    for (;;) {
      for (StepEvent& event : plain.WaitForEvents()) {
        if (auto* end = std::get_if<Completion>(&event.event)) {
          return end->full_text;
        }
      }
    }
  }
};

TEST_F(DraftsTest, SaysTheSameWithWhatStoodThereBefore) {
  Load(TinyModel(), kLookup, /*slot_count=*/8);

  const Completion sum = ExpectSameTexts(TinyModel());

  EXPECT_THAT(sum.draft_tokens, Gt(sum.accepted_draft_tokens));
  EXPECT_THAT(sum.accepted_draft_tokens, Gt(0));
}

TEST_F(DraftsTest, SaysTheSameWithASlidingWindow) {
  const TinyModel model = {.architecture = "gemma2"};
  Load(model, kLookup, /*slot_count=*/8);

  const Completion sum = ExpectSameTexts(model);

  EXPECT_THAT(sum.draft_tokens, Gt(0));
}

TEST_F(DraftsTest, SaysTheSameWithAnotherModelsDrafts) {
  Load(TinyModel(), DraftedBy({.layer_count = 1}), /*slot_count=*/3);

  const Completion sum = ExpectSameTexts(TinyModel());

  EXPECT_THAT(sum.draft_tokens, Gt(sum.accepted_draft_tokens));
}

TEST_F(DraftsTest, TakesAllThatTheSameModelProposes) {
  Load(TinyModel(), DraftedBy(TinyModel()));

  const Heard& heard = AwaitEnd(Start(Greedy("abc", 60)));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->accepted_draft_tokens,
            heard.completion->draft_tokens);
  EXPECT_THAT(heard.completion->draft_tokens, Gt(0));
  EXPECT_THAT(heard.completion->draft_tokens,
              Ge(heard.completion->completion_tokens / 2));
}

// The first model copies what it has read from slot to slot, the second reads
// it again.
TEST_F(DraftsTest, ComeForAPromptThatOnlyTheFirstModelHasInItsCache) {
  const TinyModel model;
  ASSERT_THAT(
      engine_.Load(
          model.Write("copies"),
          {.sequence_length = 512, .slot_count = 2, .kv_unified = false},
          [](double) { return true; }, DraftedBy(model)),
      IsOk());
  const std::string prompt(300, 'x');
  const int64_t first = Start(Greedy(prompt, 200));
  Await(first, [](const Heard& heard) { return heard.token_count > 0; });

  const Heard& second = AwaitEnd(Start(Greedy(prompt, 200)));

  EXPECT_EQ(second.text(), FullText(first));
  ASSERT_TRUE(second.completion);
  EXPECT_EQ(second.completion->cached_prompt_tokens, 300);
  EXPECT_THAT(second.completion->accepted_draft_tokens, Gt(0));
}

TEST_F(DraftsTest, CountsTheMemoryOfTheModelThatDrafts) {
  LlamaEngine alone;
  const EngineOptions options = {.sequence_length = 256};
  const auto progress = [](double) { return true; };
  const auto without =
      alone.Load(TinyModel().Write("without"), options, progress);
  const auto with = engine_.Load(TinyModel().Write("with"), options, progress,
                                 DraftedBy(TinyModel()));

  ASSERT_THAT(with, IsOk());
  ASSERT_EQ(with->devices.size(), without->devices.size());
  EXPECT_EQ(with->devices[0].weights, 2 * without->devices[0].weights);
  EXPECT_EQ(with->devices[0].kv_cache, 2 * without->devices[0].kv_cache);
}

TEST_F(DraftsTest, NeverSaysMoreThanItHasCreditFor) {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  Load(model, kLookup, /*slot_count=*/2);
  const int64_t poor = Start(Greedy(">", 100), /*credit_tokens=*/21);

  AwaitEnd(Start(Greedy(">", 200)));

  EXPECT_THAT(heard_[poor].token_count, AllOf(Gt(0), Le(21)));
  Grant(poor, kPlenty);
  EXPECT_EQ(AwaitEnd(poor).completion->completion_tokens, 100);
}

TEST_F(DraftsTest, AreRefusedForAModelThatCannotTakeTokensBack) {
  EXPECT_THAT(
      LoadStatus({.architecture = "mamba"}, kLookup),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("ngram_lookup: the model has recurrent layers")));
}

TEST_F(DraftsTest, AreRefusedFromAModelOfAnotherVocabulary) {
  EXPECT_THAT(LoadStatus({.words = {"one"}}, DraftedBy({.words = {"two"}})),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("draft_model_id must have the vocabulary")));
}

}  // namespace
}  // namespace hwledger
