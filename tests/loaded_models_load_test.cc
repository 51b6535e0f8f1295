#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/loaded_models_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Loads that are asked for, and how long what was loaded stays.
using LoadedModelsLoadTest = LoadedModelsTest;

TEST_F(LoadedModelsLoadTest, GivesALoadUpThatNobodyWaitsForAnyMore) {
  const auto first = Load({.model_id = "demo"});
  const auto second = Load({.model_id = "demo"});

  first->Cancel();
  EXPECT_EQ(StateOf(0), LoadState::kLoading);
  second->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kUnloading);
  EXPECT_THAT(*EndOf(*second), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(LoadedModelsLoadTest, GoesOnLoadingWhatARequestHasAskedFor) {
  ASSERT_THAT(models_.Acquire({.model_id = "demo"}), IsOk());
  const auto watch = Load({.model_id = "demo"});

  watch->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kLoading);
}

TEST_F(LoadedModelsLoadTest, KeepsAModelWhoseLoadHasEnded) {
  const auto watch = Load({.model_id = "demo"});
  MakeReady();

  watch->Cancel();

  EXPECT_EQ(StateOf(0), LoadState::kReady);
}

TEST_F(LoadedModelsLoadTest, LoadsNothingForWhoGaveUpBefore) {
  const auto watch = std::make_shared<LoadWatch>();
  watch->Cancel();

  models_.Load({.model_id = "demo"}, watch);

  EXPECT_THAT(launched_, IsEmpty());
  EXPECT_THAT(*EndOf(*watch), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(LoadedModelsLoadTest, RefusesToLoadWhatIsLoadedOtherwise) {
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

TEST_F(LoadedModelsLoadTest, UnloadsWhatHasBeenIdleForItsTtl) {
  Load({.model_id = "demo", .idle_ttl = absl::Seconds(10)});
  MakeReady();

  now_ += absl::Seconds(9);
  models_.UnloadIdle();
  EXPECT_EQ(StateOf(0), LoadState::kReady);
  now_ += absl::Seconds(1);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kEnded);
}

TEST_F(LoadedModelsLoadTest, HasATtlForRequestsThatHaveNone) {
  models_.SetIdleTtl(absl::Seconds(10));
  Load({.model_id = "demo"});
  MakeReady();
  models_.SetIdleTtl(absl::InfiniteDuration());

  now_ += absl::Seconds(10);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kEnded);
}

TEST_F(LoadedModelsLoadTest, CountsIdlenessFromTheLastUse) {
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

TEST_F(LoadedModelsLoadTest, KeepsWhatIsPinnedOrHasNoTtl) {
  Load({.model_id = "demo", .idle_ttl = absl::Seconds(1), .pinned = true});
  MakeReady();
  Load({.model_id = Copy("copy.gguf")});
  MakeReady();

  now_ += absl::Hours(1000);
  models_.UnloadIdle();

  EXPECT_EQ(StateOf(0), LoadState::kReady);
  EXPECT_EQ(StateOf(1), LoadState::kReady);
}

TEST_F(LoadedModelsLoadTest, SetsHowLongALoadedModelStays) {
  Load({.model_id = "demo", .pinned = true});
  MakeReady();

  Load({.model_id = "demo", .idle_ttl = absl::Seconds(5)});
  EXPECT_TRUE(models_.List()[0].retention.pinned);
  Load({.model_id = "demo", .pinned = false});

  EXPECT_FALSE(models_.List()[0].retention.pinned);
  EXPECT_EQ(models_.List()[0].retention.idle_ttl, absl::Seconds(5));
}

TEST_F(LoadedModelsLoadTest, RefusesATtlUnderASecond) {
  EXPECT_THAT(models_.Acquire(
                  {.model_id = "demo", .idle_ttl = absl::Milliseconds(999)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("idle_ttl"), HasSubstr("999ms"))));
}

}  // namespace
}  // namespace hwledger
