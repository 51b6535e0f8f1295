#include "core/engine/llama_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<LlamaModel>> Load(const std::string& path) {
  return LlamaModel::Load(path, {.sequence_length = 256},
                          [](double) { return true; });
}

TEST(LlamaModelTest, RefusesAFileThatIsNotThere) {
  EXPECT_THAT(Load("/nonexistent/model.gguf"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/nonexistent/model.gguf")));
}

TEST(LlamaModelTest, RefusesACutFile) {
  const std::string path = TinyModel().Write("cut");
  std::filesystem::resize_file(path, 100'000);

  EXPECT_THAT(Load(path), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(LlamaModelTest, TellsPathAndReasonOfAFileThatLibllamaRefuses) {
  TinyModel model;
  model.head_count = 3;  // Of 64 elements together.

  EXPECT_THAT(Load(model.Write("refused")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("refused.gguf\": error loading model"),
                             HasSubstr("wrong shape"))));
}

TEST(LlamaModelTest, GivesABatchUp) {
  const auto model = Load(TinyModel().Write("gives_up"));
  ASSERT_THAT(model, IsOk());
  (*model)->Add(/*slot=*/0, /*position=*/0, {TinyModel::kBegin});

  EXPECT_EQ((*model)->Compute([] { return true; }),
            LlamaModel::Outcome::kGivenUp);

  (*model)->slots().Forget(0);
  EXPECT_EQ((*model)->Compute([] { return false; }),
            LlamaModel::Outcome::kDone);
}

TEST(LlamaModelTest, TellsWhenTheCacheIsFull) {
  const auto model = Load(TinyModel().Write("full"));
  ASSERT_THAT(model, IsOk());
  const std::vector<TokenId> tokens(256, TinyModel::ByteToken('a'));
  (*model)->Add(/*slot=*/0, /*position=*/0, tokens);
  ASSERT_EQ((*model)->Compute([] { return false; }),
            LlamaModel::Outcome::kDone);

  (*model)->ClearBatch();
  (*model)->Add(/*slot=*/0, /*position=*/256, {TinyModel::kBegin});
  EXPECT_EQ((*model)->Compute([] { return false; }),
            LlamaModel::Outcome::kNoRoom);

  (*model)->slots().Forget(0);
  EXPECT_EQ((*model)->Compute([] { return false; }),
            LlamaModel::Outcome::kDone);
}

TEST(LlamaModelTest, TakesNoMoreTokensAtOnceThanItsCacheHolds) {
  const auto model = Load(TinyModel().Write("batch"));
  ASSERT_THAT(model, IsOk());

  EXPECT_EQ((*model)->batch_tokens(), 256);
}

}  // namespace
}  // namespace hwledger
