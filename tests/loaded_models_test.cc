#include "core/loaded_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <thread>

#include "core/retry_delay.h"
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

  // As much as to start a load, and the watch of it.
  std::shared_ptr<LoadWatch> Load(const LoadRequest& request) {
    auto watch = std::make_shared<LoadWatch>();
    models_.Load(request, watch);
    return watch;
  }
  // How a load has ended; absent: it has not.
  static std::optional<absl::Status> EndOf(LoadWatch& watch) {
    std::optional<absl::Status> end;
    watch.Pop([&](const LoadWatch::Delivery& next) { end = next.end; });
    return end;
  }

  // The newest runner becomes ready. Told to end, it does.
  void MakeReady() {
    Runner& runner = *launched_.back();
    runner.SetProcess(/*process_id=*/-1, [&runner] {
      runner.End(absl::UnavailableError("ended as told"));
    });
    runner.SetReady({});
  }
  LoadState StateOf(size_t launched) const {
    return launched_[launched]->Snapshot().state;
  }

  // The demo under another name.
  std::string Copy(const std::string& name) const {
    std::filesystem::copy_file(HWLEDGER_DEMO, folder_ / name);
    return folder_ / name;
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
  int64_t asked_count_ = 0;  // How often for the devices.
  ModelStore store_{HWLEDGER_DEMO};
  // Time stands still: main memory is read once.
  Hardware hardware_{[this](DeviceRates) {
                       ++asked_count_;
                       return Devices();
                     },
                     [] { return absl::UnixEpoch(); }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
  std::vector<std::shared_ptr<Runner>> launched_;
  absl::Time now_ = absl::UnixEpoch();
  LoadedModels models_{estimator_,
                       [this](std::shared_ptr<Runner> runner) {
                         launched_.push_back(std::move(runner));
                       },
                       /*on_ready=*/nullptr,
                       /*hooks=*/{},
                       /*idle_ttl=*/absl::InfiniteDuration(),
                       [this] { return now_; }};
  const TemporaryFolder folder_;
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

TEST_F(LoadedModelsTest, CountsForAModelWhicheverProcessRunsIt) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  launched_[0]->Submit({.input = "hello"},
                       std::make_shared<GenerationStream>());
  launched_[0]->End(absl::UnavailableError("killed"));
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  const ModelCounts counts = models_.List().front().counts;

  EXPECT_EQ(counts.failed_count, 1);
  EXPECT_EQ(counts.restart_count, 1);
  EXPECT_NE(launched_[0]->plan().load_number, launched_[1]->plan().load_number);
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
  const std::string copy = Copy("copy.gguf");
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

TEST_F(LoadedModelsTest, GivesALoadUpThatNobodyWaitsForAnyMore) {
  const auto first = Load({.model_id = "demo"});
  const auto second = Load({.model_id = "demo"});

  first->Cancel();
  EXPECT_EQ(StateOf(0), LoadState::kLoading);
  second->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kUnloading);
  EXPECT_THAT(*EndOf(*second), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(LoadedModelsTest, GoesOnLoadingWhatARequestHasAskedFor) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  const auto watch = Load({.model_id = "demo"});

  watch->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kLoading);
}

TEST_F(LoadedModelsTest, KeepsAModelWhoseLoadHasEnded) {
  const auto watch = Load({.model_id = "demo"});
  MakeReady();

  watch->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

TEST_F(LoadedModelsTest, LoadsNothingForWhoGaveUpBefore) {
  const auto watch = std::make_shared<LoadWatch>();
  watch->Cancel();

  models_.Load({.model_id = "demo"}, watch);

  EXPECT_THAT(launched_, IsEmpty());
  EXPECT_THAT(*EndOf(*watch), StatusIs(absl::StatusCode::kCancelled));
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

TEST_F(LoadedModelsTest, RefusesToLoadWhatIsLoadedOtherwise) {
  Load({.model_id = "demo", .sequence_length = 256});
  MakeReady();

  EXPECT_THAT(*EndOf(*Load({.model_id = "demo", .sequence_length = 512})),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("sequence_length"), HasSubstr("256"),
                             HasSubstr("512"))));
  EXPECT_THAT(*EndOf(*Load({.model_id = "demo", .sequence_length = 256})),
              IsOk());
  EXPECT_THAT(models_.Acquire({.model_id = "demo", .sequence_length = 512}),
              IsOk());
}

TEST_F(LoadedModelsTest, UnloadsWhatHasBeenIdleForItsTtl) {
  Load({.model_id = "demo", .idle_ttl = absl::Seconds(10)});
  MakeReady();

  now_ += absl::Seconds(9);
  models_.UnloadIdle();
  EXPECT_EQ(StateOf(0), LoadState::kReady);
  now_ += absl::Seconds(1);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kEnded);
}

TEST_F(LoadedModelsTest, HasATtlForRequestsThatHaveNone) {
  models_.SetIdleTtl(absl::Seconds(10));
  Load({.model_id = "demo"});
  MakeReady();
  models_.SetIdleTtl(absl::InfiniteDuration());

  now_ += absl::Seconds(10);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kEnded);
}

TEST_F(LoadedModelsTest, CountsIdlenessFromTheLastUse) {
  ASSERT_THAT(
      models_.Acquire({.model_id = "demo", .idle_ttl = absl::Seconds(10)}),
      IsOk());
  MakeReady();
  now_ += absl::Seconds(9);
  auto runner = models_.Acquire({.model_id = "demo"});

  now_ += absl::Seconds(60);
  models_.UnloadIdle();
  EXPECT_EQ(StateOf(0), LoadState::kReady) << "it is in use";
  runner = absl::UnknownError("let go of");
  now_ += absl::Seconds(9);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

TEST_F(LoadedModelsTest, KeepsWhatIsPinnedOrHasNoTtl) {
  Load({.model_id = "demo", .idle_ttl = absl::Seconds(1), .pinned = true});
  MakeReady();
  Load({.model_id = Copy("copy.gguf")});
  MakeReady();

  now_ += absl::Hours(1000);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kReady);
  EXPECT_EQ(StateOf(1), LoadState::kReady);
}

TEST_F(LoadedModelsTest, SetsHowLongALoadedModelStays) {
  Load({.model_id = "demo", .pinned = true});
  MakeReady();

  Load({.model_id = "demo", .idle_ttl = absl::Seconds(5)});
  EXPECT_TRUE(models_.List()[0].retention.pinned);
  Load({.model_id = "demo", .pinned = false});

  EXPECT_FALSE(models_.List()[0].retention.pinned);
  EXPECT_EQ(models_.List()[0].retention.idle_ttl, absl::Seconds(5));
}

TEST_F(LoadedModelsTest, RefusesATtlUnderASecond) {
  EXPECT_THAT(models_.Acquire(
                  {.model_id = "demo", .idle_ttl = absl::Milliseconds(999)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("idle_ttl"), HasSubstr("999ms"))));
}

TEST_F(LoadedModelsTest, MakesRoomByUnloadingWhatIsIdle) {
  gpu_free_ = MiB(24);  // Room for one, about 15 MiB, but not for two.
  Load({.model_id = "demo"});
  MakeReady();
  const int64_t asked = asked_count_;

  EXPECT_THAT(models_.Acquire({.model_id = Copy("copy.gguf")}), IsOk());

  EXPECT_EQ(asked_count_, asked + 1) << "what came free was not asked for";
  EXPECT_EQ(StateOf(0), LoadState::kEnded);
  EXPECT_THAT(launched_[0]->Snapshot().end_reason,
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("make room")));
}

TEST_F(LoadedModelsTest, UnloadsNothingThatIsPinnedOrInUse) {
  gpu_free_ = MiB(24);
  Load({.model_id = "demo", .pinned = true});
  MakeReady();
  const std::string copy = Copy("copy.gguf");

  EXPECT_THAT(models_.Acquire({.model_id = copy}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  Load({.model_id = "demo", .pinned = false});
  const auto in_use = models_.Acquire({.model_id = "demo"});
  EXPECT_THAT(models_.Acquire({.model_id = copy}),
              StatusIs(absl::StatusCode::kResourceExhausted));

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

TEST_F(LoadedModelsTest, UnloadsNothingForWhatFitsNowhere) {
  gpu_free_ = MiB(24);
  Load({.model_id = "demo"});
  MakeReady();

  EXPECT_THAT(models_.Acquire({.model_id = Copy("copy.gguf"),
                               .sequence_length = 500'000'000}),
              StatusIs(absl::StatusCode::kResourceExhausted));

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

TEST_F(LoadedModelsTest, SaysWithWhichSettingsAModelWouldFit) {
  gpu_free_ = MiB(13);

  EXPECT_THAT(
      models_.Acquire({.model_id = "demo"}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               AllOf(HasSubstr("sequence_length"), HasSubstr("batch_size"),
                     HasSubstr("gpu_layers"))));
}

TEST_F(LoadedModelsTest, PausesBeforeItStartsWhatCrashesAgainAndAgain) {
  const auto crash = [this] {
    ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
    launched_.back()->End(absl::UnavailableError("killed by signal 6"));
  };
  crash();
  crash();

  const auto refused = models_.Acquire({.model_id = "demo"});
  now_ += absl::Seconds(1);

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable,
                                AllOf(HasSubstr("crashed 2 times"),
                                      HasSubstr("signal 6"))));
  EXPECT_EQ(RetryDelayOf(refused.status()), absl::Seconds(1));
  EXPECT_THAT(models_.Acquire({.model_id = Copy("other.gguf")}), IsOk());
  EXPECT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
}

TEST_F(LoadedModelsTest, CountsOnlyWhatIsStillLoaded) {
  const std::string copy = Copy("0.gguf");

  for (int i = 1; i <= 40; ++i) {  // More than may be loaded at once.
    const std::string other = folder_ / (std::to_string(i) + ".gguf");
    std::filesystem::create_hard_link(copy, other);
    ASSERT_THAT(models_.Acquire({.model_id = other}), IsOk());
    MakeReady();
    ASSERT_THAT(models_.Unload(other), IsOk());
  }
}

TEST_F(LoadedModelsTest, TakesNoUnloadForACrash) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
    MakeReady();
    ASSERT_THAT(models_.Unload("demo"), IsOk());
  }
}

}  // namespace
}  // namespace hwledger
