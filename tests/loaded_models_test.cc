#include "core/loaded_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The demo's real file; runners without a process behind them.
class LoadedModelsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& runner : launched_) {
      runner->End(absl::UnavailableError("the test is over"));
    }
  }

  // A host, and a GPU where it is given memory before the first question.
  std::vector<Device> Devices() const {
    std::vector<Device> devices = {{.name = "CPU"}};
    if (gpu_free_ > Bytes()) {
      devices.push_back(
          {.name = "GPU0", .kind = DeviceKind::kGpu, .free = gpu_free_});
    }
    return devices;
  }

  Bytes gpu_free_;
  ModelStore store_{HWLEDGER_DEMO};
  // Time stands still: main memory is read once.
  Hardware hardware_{[this](DeviceRates) { return Devices(); },
                     [] { return absl::UnixEpoch(); }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
  std::vector<std::shared_ptr<Runner>> launched_;
  LoadedModels models_{estimator_, [this](std::shared_ptr<Runner> runner) {
                         launched_.push_back(std::move(runner));
                       }};
};

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

TEST_F(LoadedModelsTest, SaysWhatWouldFitInsteadOfWhatDoesNot) {
  EXPECT_THAT(
      models_.Acquire({.model_id = "demo", .sequence_length = 500'000'000}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               AllOf(HasSubstr("does not fit"),
                     HasSubstr("longest sequence_length"))));
  EXPECT_THAT(launched_, IsEmpty());
}

TEST_F(LoadedModelsTest, LoadsWhatDoesNotFitWhenForced) {
  EXPECT_THAT(
      models_.Acquire(
          {.model_id = "demo", .sequence_length = 500'000'000, .force = true}),
      IsOk());
}

TEST_F(LoadedModelsTest, ReservesWhatAModelIsPredictedToTake) {
  const Bytes free = *hardware_.Snapshot().front().free;

  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  EXPECT_EQ(*hardware_.Snapshot().front().free,
            free - launched_[0]->plan().predicted());
}

// The weights of a loaded model are pages of a file: to the system they are
// free. This process, larger than the demo, has taken all it was promised.
TEST_F(LoadedModelsTest, ReservesOnlyWhatAProcessHasNotTaken) {
  const std::string taken(64 << 20, 'x');
  const Bytes free = *hardware_.Snapshot().front().free;
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  launched_[0]->SetProcess(getpid(), [] {});

  EXPECT_EQ(*hardware_.Snapshot().front().free, free) << taken.size();
}

TEST_F(LoadedModelsTest, ReservesNothingForWhatHasEnded) {
  const Bytes free = *hardware_.Snapshot().front().free;
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  launched_[0]->End(absl::UnavailableError("killed"));

  EXPECT_EQ(*hardware_.Snapshot().front().free, free);
}

TEST_F(LoadedModelsTest, RefusesWhatALoadInFlightLeavesNoRoomFor) {
  const TemporaryFolder folder;
  const std::string copy = folder / "copy.gguf";
  std::filesystem::copy_file(HWLEDGER_DEMO, copy);
  // Room for one, about 15 MiB, but not for two.
  gpu_free_ = MiB(24);
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  EXPECT_THAT(
      models_.Acquire({.model_id = copy}),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("GPU0 needs")));
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

}  // namespace
}  // namespace hwledger
