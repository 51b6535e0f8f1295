#include "core/engine/slot_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/engine/llama_model.h"
#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

// Long enough to be worth storing.
const std::vector<TokenId> kAnns(40, TinyModel::ByteToken('a'));
const std::vector<TokenId> kBobs(40, TinyModel::ByteToken('b'));

class SlotPoolTest : public testing::Test {
 protected:
  void Load(bool kv_unified) {
    absl::StatusOr<std::unique_ptr<LlamaModel>> loaded = LlamaModel::Load(
        TinyModel().Write("slot_pool"),
        {.sequence_length = 128, .slot_count = 2, .kv_unified = kv_unified},
        [](double) { return true; });
    ASSERT_THAT(loaded, IsOk());
    model_ = *std::move(loaded);
  }

  // Takes a slot and computes all of the prompt.
  SlotPool::Claim Compute(SlotPool& pool, const char* owner,
                          const std::vector<TokenId>& prompt) {
    const SlotPool::Claim claim = pool.Take(owner, prompt, {});
    model_->ClearBatch();
    model_->Add(claim.slot, claim.cached_tokens,
                absl::MakeSpan(prompt).subspan(
                    static_cast<size_t>(claim.cached_tokens)));
    EXPECT_EQ(model_->Compute([] { return false; }),
              LlamaModel::Outcome::kDone);
    return claim;
  }

  // Of the cache, which holds more than a header where the slot is not empty.
  Bytes Held(int64_t slot) {
    return model_->slots().SavedSize(slot, SlotMemory::Part::kAll);
  }

  std::unique_ptr<LlamaModel> model_;
};

TEST_F(SlotPoolTest, LeavesASharedCacheToThoseThatRun) {
  Load(/*kv_unified=*/true);
  SlotPool pool(model_->slots(), 2, MiB(1));
  const Bytes empty = Held(0);
  const int64_t ann = Compute(pool, "ann", kAnns).slot;
  pool.Release(ann, kAnns);
  EXPECT_GT(Held(ann), empty);  // In nobody's way.

  const int64_t bob = Compute(pool, "bob", kBobs).slot;

  EXPECT_NE(bob, ann);
  EXPECT_EQ(Held(ann), empty);
  EXPECT_EQ(Compute(pool, "ann", kAnns).cached_tokens, 39);
  pool.Release(ann, kAnns);
  EXPECT_EQ(Held(ann), empty);
}

TEST_F(SlotPoolTest, KeepsWhatCannotBeStored) {
  Load(/*kv_unified=*/true);
  SlotPool pool(model_->slots(), 2, /*stored_max=*/Bytes());
  pool.Release(Compute(pool, "ann", kAnns).slot, kAnns);
  Compute(pool, "bob", kBobs);

  EXPECT_EQ(Compute(pool, "ann", kAnns).cached_tokens, 39);
}

TEST_F(SlotPoolTest, KeepsWhatIsInACacheOfItsOwn) {
  Load(/*kv_unified=*/false);
  SlotPool pool(model_->slots(), 2, MiB(1));
  const Bytes empty = Held(0);
  const int64_t ann = Compute(pool, "ann", kAnns).slot;
  pool.Release(ann, kAnns);

  Compute(pool, "bob", kBobs);

  EXPECT_GT(Held(ann), empty);
}

}  // namespace
}  // namespace hwledger
