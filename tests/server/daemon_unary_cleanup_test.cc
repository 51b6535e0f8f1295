#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/server/cleanup_fixture.h"

namespace hwledger {
namespace {

// A unary call has one phase: what it asked of a process of its own is being
// answered.
class UnaryCleanupTest : public CleanupTest,
                         public testing::WithParamInterface<Ending> {
 protected:
  UnaryCleanupTest() { config_.runner_path = gated_dry_run_.path(); }

  const std::filesystem::path gate_folder_ = NewFolder();
  const GatedRunner gated_dry_run_{gate_folder_, "--dry-run"};
};

TEST_P(UnaryCleanupTest, LeavesNothing) {
  gated_dry_run_.Shut();
  v1::EstimateVramRequest request = Question("demo");
  request.set_method(v1::PREDICTION_METHOD_DRY_RUN);
  grpc::ClientContext context;
  if (GetParam() == Ending::kDeadline) {
    context.set_deadline(std::chrono::system_clock::now() + kDeadline);
  }
  grpc::Status status;
  v1::MemoryPrediction prediction;
  std::thread caller(
      [&] { status = planner_->EstimateVram(&context, request, &prediction); });
  ASSERT_TRUE(Await([] { return !Children().empty(); }));
  const pid_t process = Children()[0];
  GatedRunner::AwaitStopped(process);

  std::thread stopping;
  switch (GetParam()) {
    case Ending::kClientCancel:
      context.TryCancel();
      break;
    case Ending::kShutdown:
      stopping = std::thread([&] { daemon_->Stop(absl::ZeroDuration()); });
      break;
    case Ending::kRunnerKilled:
      kill(process, SIGKILL);
      break;
    default:
      break;
  }
  if (GetParam() == Ending::kDeadline) caller.join();
  GatedRunner::Continue(process);
  if (caller.joinable()) caller.join();

  if (stopping.joinable()) {
    stopping.join();
    EXPECT_THAT(Children(), testing::IsEmpty());
    return;
  }
  EXPECT_EQ(status.error_code(),
            GetParam() == Ending::kOk             ? grpc::StatusCode::OK
            : GetParam() == Ending::kClientCancel ? grpc::StatusCode::CANCELLED
            : GetParam() == Ending::kDeadline
                ? grpc::StatusCode::DEADLINE_EXCEEDED
                : grpc::StatusCode::INTERNAL)
      << status.error_message();
  ExpectNothingLeft();
}

INSTANTIATE_TEST_SUITE_P(Cases, UnaryCleanupTest,
                         testing::Values(Ending::kOk, Ending::kClientCancel,
                                         Ending::kDeadline, Ending::kShutdown,
                                         Ending::kRunnerKilled),
                         [](const auto& test) { return NameOf(test.param); });

}  // namespace
}  // namespace hwledger
