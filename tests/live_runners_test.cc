#include "core/live_runners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/retry_delay.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Runners without a process behind them.
class LiveRunnersTest : public testing::Test {
 protected:
  // The runner there is, or a new one.
  absl::StatusOr<std::shared_ptr<Runner>> Acquire(const std::string& model_id) {
    const KnownModel model = {.model_id = model_id, .file = "/" + model_id};
    ABSL_ASSIGN_OR_RETURN(std::shared_ptr<Runner> runner,
                          runners_.Claim(model, ClaimReason::kRequest));
    if (runner != nullptr) return runner;
    return runners_.Add({.model_id = model_id, .path = model.file}, Retention{},
                        ClaimReason::kRequest);
  }
  // The same, and its process ends by itself.
  void Crash(const std::string& model_id) {
    const auto runner = Acquire(model_id);
    EXPECT_THAT(runner, IsOk());
    (*runner)->End(absl::UnavailableError("killed by signal 6"));
  }

  absl::Time now_ = absl::UnixEpoch();
  LiveRunners runners_{/*on_ready=*/nullptr, /*hooks=*/{},
                       [this] { return now_; }};
};

TEST_F(LiveRunnersTest, FindsARunnerByTheNameAndByThePathOfItsModel) {
  const auto runner = Acquire("demo");
  ASSERT_THAT(runner, IsOk());

  EXPECT_EQ(runners_.Find("demo"), *runner);
  EXPECT_EQ(runners_.Find("/demo"), *runner);
  EXPECT_EQ(runners_.At("/demo"), *runner);
  EXPECT_EQ(runners_.At("demo"), nullptr);
  (*runner)->End(absl::UnavailableError("killed"));
  EXPECT_EQ(runners_.Find("demo"), nullptr);
  EXPECT_EQ(runners_.At("/demo"), nullptr);
  EXPECT_THAT(runners_.List(), IsEmpty());
}

TEST_F(LiveRunnersTest, CountsForAModelWhicheverProcessRunsIt) {
  const auto first = Acquire("demo");
  ASSERT_THAT(first, IsOk());
  (*first)->Submit({.input = "hello"}, std::make_shared<GenerationStream>());
  (*first)->End(absl::UnavailableError("killed"));
  const auto second = Acquire("demo");
  ASSERT_THAT(second, IsOk());

  const ModelCounts counts = runners_.List().front().counts;

  EXPECT_EQ(counts.failed_count, 1);
  EXPECT_EQ(counts.restart_count, 1);
  EXPECT_NE((*first)->plan().load_number, (*second)->plan().load_number);
}

TEST_F(LiveRunnersTest, PausesBeforeItStartsWhatCrashesAgainAndAgain) {
  Crash("demo");
  Crash("demo");

  const auto refused = Acquire("demo");
  now_ += absl::Seconds(1);

  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kUnavailable,
                                AllOf(HasSubstr("crashed 2 times"),
                                      HasSubstr("signal 6"))));
  EXPECT_EQ(RetryDelayOf(refused.status()), absl::Seconds(1));
  EXPECT_THAT(Acquire("other"), IsOk());
  EXPECT_THAT(Acquire("demo"), IsOk());
}

TEST_F(LiveRunnersTest, TakesNoUnloadForACrash) {
  for (int i = 0; i < 5; ++i) {
    const auto runner = Acquire("demo");
    ASSERT_THAT(runner, IsOk());
    (*runner)->Unload(absl::CancelledError("unloaded"));
    (*runner)->End(absl::UnavailableError("ended as told"));
  }
}

TEST_F(LiveRunnersTest, CountsOnlyWhatIsStillLoaded) {
  for (int i = 0; i < 100; ++i) Crash(absl::StrCat("ended", i));
  for (int i = 0; i < 32; ++i) {
    ASSERT_THAT(Acquire(absl::StrCat("loaded", i)), IsOk());
  }

  EXPECT_THAT(Acquire("one more"),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("too many models are loaded")));
}

TEST_F(LiveRunnersTest, TakesNoMoreOnceClosed) {
  const auto runner = Acquire("demo");

  runners_.Close(absl::UnavailableError("stopping"));

  EXPECT_THAT(Acquire("demo"),
              StatusIs(absl::StatusCode::kUnavailable, "stopping"));
  EXPECT_THAT(runners_.Add({.path = "/other"}, Retention{}, ClaimReason::kLoad),
              StatusIs(absl::StatusCode::kUnavailable, "stopping"));
  EXPECT_THAT(runners_.All(), testing::ElementsAre(*runner));
}

}  // namespace
}  // namespace hwledger
