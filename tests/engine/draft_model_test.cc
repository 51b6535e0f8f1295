#include "core/engine/draft_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TokenId kSaid = TinyModel::ByteToken('a');

class DraftModelTest : public testing::Test {
 protected:
  void SetUp() override {
    const TinyModel model = {.successors = {{kSaid, kSaid}}};
    const std::string path = model.Write(
        testing::UnitTest::GetInstance()->current_test_info()->name());
    const EngineOptions options = {.sequence_length = 1024, .slot_count = 2};
    auto target = LlamaModel::Load(path, options, [](double) { return true; });
    ASSERT_THAT(target, IsOk());
    target_ = *std::move(target);
    auto draft = DraftModel::Load(path, options, *target_);
    ASSERT_THAT(draft, IsOk());
    draft_ = *std::move(draft);
  }

  // Asks for one token behind as many of the text as `read_tokens`, and one.
  static DraftRequest Request(int64_t slot, int64_t read_tokens,
                              std::vector<TokenId>& out) {
    static const std::vector<TokenId> text(1024, kSaid);
    return {.slot = slot,
            .tokens = absl::MakeConstSpan(text).first(
                static_cast<size_t>(read_tokens + 1)),
            .count = 1,
            .out = &out};
  }

  void Propose(std::vector<DraftRequest> requests, bool has_running) {
    draft_->Propose(absl::MakeSpan(requests), has_running);
  }

  std::unique_ptr<LlamaModel> target_;
  std::unique_ptr<DraftModel> draft_;
};

TEST_F(DraftModelTest, ReadsALongTextInPartsBesideOthers) {
  std::vector<TokenId> out;

  int steps = 0;
  while (out.empty() && steps < 1000) {
    ++steps;
    Propose({Request(/*slot=*/0, 500, out)}, /*has_running=*/true);
  }

  // One batch could hold all of it. 32 tokens, 64, 128 and 256 make 480.
  EXPECT_GE(steps, 5);
  EXPECT_THAT(out, ElementsAre(kSaid));
}

TEST_F(DraftModelTest, ReadsABatchAtOnceWhereNobodyWaits) {
  std::vector<TokenId> out;

  Propose({Request(/*slot=*/0, 500, out)}, /*has_running=*/false);

  EXPECT_THAT(out, ElementsAre(kSaid));
}

TEST_F(DraftModelTest, ProposesForOneTextWhileItStillReadsAnother) {
  std::vector<TokenId> first;
  std::vector<TokenId> second;

  Propose({Request(/*slot=*/0, 20, first), Request(/*slot=*/1, 500, second)},
          /*has_running=*/true);

  EXPECT_THAT(first, ElementsAre(kSaid));
  EXPECT_THAT(second, IsEmpty());
}

TEST_F(DraftModelTest, ReadsAnewFromWhereATextIsAnother) {
  std::vector<TokenId> out;
  Propose({Request(/*slot=*/0, 500, out)}, /*has_running=*/false);
  std::vector<TokenId> other(501, kSaid);
  other[10] = TinyModel::ByteToken('b');

  Propose({{.slot = 0, .tokens = other, .count = 1, .out = &out}},
          /*has_running=*/true);

  EXPECT_THAT(out, IsEmpty());
}

}  // namespace
}  // namespace hwledger
