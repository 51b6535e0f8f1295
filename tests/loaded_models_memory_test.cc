#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "tests/loaded_models_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What is loaded where memory is short.
using LoadedModelsMemoryTest = LoadedModelsTest;

TEST_F(LoadedModelsMemoryTest, SaysWhatWouldFitInsteadOfWhatDoesNot) {
  EXPECT_THAT(
      models_.Acquire({.model_id = "demo", .sequence_length = 500'000'000}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               AllOf(HasSubstr("does not fit"),
                     HasSubstr("longest sequence_length"))));
  EXPECT_THAT(launched_, IsEmpty());
}

TEST_F(LoadedModelsMemoryTest, SaysWithWhichSettingsAModelWouldFit) {
  gpu_free_ = MiB(13);

  EXPECT_THAT(
      models_.Acquire({.model_id = "demo"}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               AllOf(HasSubstr("sequence_length"), HasSubstr("batch_size"),
                     HasSubstr("gpu_layers"))));
}

TEST_F(LoadedModelsMemoryTest, LoadsWhatDoesNotFitWhenForced) {
  EXPECT_THAT(
      models_.Acquire(
          {.model_id = "demo", .sequence_length = 500'000'000, .force = true}),
      IsOk());
}

TEST_F(LoadedModelsMemoryTest, ReservesWhatAModelIsPredictedToTake) {
  const Bytes free = *hardware_.Snapshot().front().free;

  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  EXPECT_EQ(*hardware_.Snapshot().front().free,
            free - launched_[0]->plan().predicted());
}

// The weights of a loaded model are pages of a file: to the system they are
// free. This process, larger than the demo, has taken all it was promised.
TEST_F(LoadedModelsMemoryTest, ReservesOnlyWhatAProcessHasNotTaken) {
  const std::string taken(64 << 20, 'x');
  const Bytes free = *hardware_.Snapshot().front().free;
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  launched_[0]->SetProcess(getpid(), [] {});

  EXPECT_EQ(*hardware_.Snapshot().front().free, free) << taken.size();
}

TEST_F(LoadedModelsMemoryTest, ReservesNothingForWhatHasEnded) {
  const Bytes free = *hardware_.Snapshot().front().free;
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  launched_[0]->End(absl::UnavailableError("killed"));

  EXPECT_EQ(*hardware_.Snapshot().front().free, free);
}

TEST_F(LoadedModelsMemoryTest, RefusesWhatALoadInFlightLeavesNoRoomFor) {
  const std::string copy = Copy("copy.gguf");
  // Room for one, about 15 MiB, but not for two.
  gpu_free_ = MiB(24);
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());

  EXPECT_THAT(
      models_.Acquire({.model_id = copy}),
      StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("GPU0 needs")));
}

TEST_F(LoadedModelsMemoryTest, MakesRoomByUnloadingWhatIsIdle) {
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

TEST_F(LoadedModelsMemoryTest, UnloadsNothingThatIsPinnedOrInUse) {
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

TEST_F(LoadedModelsMemoryTest, UnloadsNothingForWhatFitsNowhere) {
  gpu_free_ = MiB(24);
  Load({.model_id = "demo"});
  MakeReady();

  EXPECT_THAT(models_.Acquire({.model_id = Copy("copy.gguf"),
                               .sequence_length = 500'000'000}),
              StatusIs(absl::StatusCode::kResourceExhausted));

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

}  // namespace
}  // namespace hwledger
