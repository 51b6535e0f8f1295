#include "core/engine/batcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

class BatcherTest : public testing::Test {
 protected:
  void Load(int64_t slot_count, const TinyModel& tiny = {},
            const ServingOptions& serving = {}) {
    auto model = LlamaModel::Load(
        tiny.Write(
            testing::UnitTest::GetInstance()->current_test_info()->name()),
        {.sequence_length = 256, .slot_count = slot_count},
        [](double) { return true; }, serving);
    ASSERT_THAT(model, IsOk());
    model_ = *std::move(model);
    batcher_ = std::make_unique<Batcher>(*model_);
  }

  // Computes all of a generation with a prompt of so many tokens.
  std::optional<Completion> Complete(const char* user, int64_t prompt_tokens) {
    return Complete(
        {.sampling = {.temperature = 0}, .token_count_max = 1, .user = user},
        prompt_tokens);
  }
  std::optional<Completion> Complete(const Generation& generation,
                                     int64_t prompt_tokens) {
    TokenizedStart start = {
        .start = {.generation = generation, .credit_tokens = 100},
        .prompt = std::vector<TokenId>(static_cast<size_t>(prompt_tokens),
                                       TinyModel::ByteToken('a')),
        .sampler = *model_->MakeSampler(generation)};
    batcher_->Apply({++last_id_, std::move(start)});
    std::optional<Completion> completion;
    while (batcher_->CanStep()) {
      batcher_->Step(commands_);
      for (StepEvent& event : batcher_->TakeEvents()) {
        if (auto* end = std::get_if<Completion>(&event.event)) {
          completion = std::move(*end);
        }
      }
    }
    return completion;
  }

  std::unique_ptr<LlamaModel> model_;
  std::unique_ptr<Batcher> batcher_;

 private:
  CommandQueue commands_;
  int64_t last_id_ = 0;
};

TEST_F(BatcherTest, GivesUpWhatIsCachedBeforeItFailsAnybody) {
  Load(/*slot_count=*/3);
  ASSERT_TRUE(Complete("ann", 200));
  // Of 768 cells, 68 are left.
  model_->ClearBatch();
  model_->Add(/*slot=*/2, /*position=*/0, std::vector<TokenId>(500, 5));
  ASSERT_EQ(model_->Compute([] { return false; }), LlamaModel::Outcome::kDone);

  EXPECT_TRUE(Complete("bob", 150));
}

TEST_F(BatcherTest, FailsWhatFindsNoRoomWhereNothingIsCached) {
  Load(/*slot_count=*/3);
  model_->Add(/*slot=*/2, /*position=*/0, std::vector<TokenId>(500, 5));
  ASSERT_EQ(model_->Compute([] { return false; }), LlamaModel::Outcome::kDone);
  model_->ClearBatch();
  model_->Add(/*slot=*/2, /*position=*/500, std::vector<TokenId>(200, 5));
  ASSERT_EQ(model_->Compute([] { return false; }), LlamaModel::Outcome::kDone);

  EXPECT_FALSE(Complete("bob", 150));
}

// Says seven times what its prompt says, and is to stop there.
TEST_F(BatcherTest, GivesUpDraftsBeforeItFailsAnybody) {
  const TokenId said = TinyModel::ByteToken('a');
  Load(/*slot_count=*/3, {.successors = {{said, said}}},
       {.ngram_lookup = true});
  // Of 768 cells, 47 are left: for the prompt, the six tokens that are computed
  // of the answer, and one more.
  model_->Add(/*slot=*/2, /*position=*/0, std::vector<TokenId>(500, 5));
  ASSERT_EQ(model_->Compute([] { return false; }), LlamaModel::Outcome::kDone);
  model_->ClearBatch();
  model_->Add(/*slot=*/2, /*position=*/500, std::vector<TokenId>(221, 5));
  ASSERT_EQ(model_->Compute([] { return false; }), LlamaModel::Outcome::kDone);

  const auto completion =
      Complete({.sampling = {.temperature = 0}, .stop_strings = {"aaaaaaa"}},
               /*prompt_tokens=*/40);

  ASSERT_TRUE(completion);
  EXPECT_EQ(completion->completion_tokens, 7);
  EXPECT_GT(completion->accepted_draft_tokens, 0);
}

}  // namespace
}  // namespace hwledger
