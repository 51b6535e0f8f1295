#include "core/loaded_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/loaded_models_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(LoadedModelsTest, StartsOneRunnerForAllWhoWantAModel) {
  const auto first = models_.Acquire({.model_id = "demo"});
  const auto second = models_.Acquire({.model_id = HWLEDGER_DEMO});

  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(second, IsOkAndHolds(*first));
  EXPECT_THAT(launched_, SizeIs(1));
}

TEST_F(LoadedModelsTest, StartsAnewAfterARunnerEnded) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  launched_[0]->End(absl::UnavailableError("killed"));
  EXPECT_THAT(models_.List(), IsEmpty());

  EXPECT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  EXPECT_THAT(launched_, SizeIs(2));
}

TEST_F(LoadedModelsTest, PlansWhatItIsAskedToLoad) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo",
                               .sequence_length = 256,
                               .slot_count = 2,
                               .kv_cache_type_k = "q8_0"}),
              IsOk());

  const LoadPlan& plan = launched_[0]->plan();
  EXPECT_EQ(plan.options.sequence_length, 256);
  EXPECT_EQ(plan.options.slot_count, 2);
  EXPECT_EQ(plan.options.kv_cache_type_k, "q8_0");
  EXPECT_GT(plan.predicted(), MiB(1));
}

TEST_F(LoadedModelsTest, RunsNoCatalogueModel) {
  EXPECT_THAT(models_.Acquire({.model_id = "llama-3.1-8b"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("llama-3.1-8b")));
}

TEST_F(LoadedModelsTest, PlansADraftAndTheLogitsThatItWants) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  launched_[0]->End(absl::UnavailableError("killed"));

  ASSERT_THAT(models_.Acquire({.model_id = "demo",
                               .draft_model_id = "demo",
                               .draft_tokens_max = 3}),
              IsOk());

  const LoadPlan& plan = launched_[1]->plan();
  EXPECT_EQ(plan.serving.draft_path, plan.path);
  EXPECT_EQ(plan.serving.draft_tokens_max, 3);
  EXPECT_EQ(plan.options.outputs_per_slot, 4);
  EXPECT_GT(plan.predicted(), launched_[0]->plan().predicted());
}

TEST_F(LoadedModelsTest, RefusesADraftThatCannotBeRun) {
  EXPECT_THAT(
      models_.Acquire({.model_id = "demo", .draft_model_id = "llama-3.2-1b"}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               HasSubstr("draft_model_id: llama-3.2-1b can be planned "
                         "but not run")));
}

TEST_F(LoadedModelsTest, RefusesServingOptionsOutOfRange) {
  EXPECT_THAT(
      models_.Acquire({.model_id = "demo", .prefix_cache_bytes = -1}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("prefix_cache_bytes must not be negative; got -1")));
  EXPECT_THAT(models_.Acquire({.model_id = "demo", .draft_tokens_max = 65}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("draft_tokens_max must be between 1 and 64; "
                                 "got 65")));
}

TEST_F(LoadedModelsTest, UnloadsOnceTheProcessIsGone) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  std::thread process;
  launched_[0]->SetProcess(/*process_id=*/-1, [&] {
    process = std::thread(
        [&] { launched_[0]->End(absl::UnavailableError("ended as told")); });
  });

  EXPECT_THAT(models_.Unload("demo"), IsOk());

  process.join();
  EXPECT_THAT(models_.List(), IsEmpty());
  EXPECT_THAT(models_.Unload("demo"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LoadedModelsTest, StartsNothingOnceDrained) {
  models_.Drain(absl::UnavailableError("stopping"), absl::InfinitePast());

  EXPECT_THAT(models_.Acquire({.model_id = "demo"}),
              StatusIs(absl::StatusCode::kUnavailable, "stopping"));
}

TEST_F(LoadedModelsTest, StartsAnewOnceWhatIsUnloadingIsGone) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  const std::shared_ptr<Runner> old = launched_[0];
  old->Unload(absl::CancelledError("unloaded"));
  std::thread process(
      [&] { old->End(absl::UnavailableError("ended as told")); });

  const auto runner = models_.Acquire({.model_id = "demo"});

  process.join();
  ASSERT_THAT(runner, IsOk());
  EXPECT_NE(*runner, old);
}

}  // namespace
}  // namespace hwledger
