#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_replace.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// A machine that is busy with something else may take a second to answer.
constexpr absl::Duration kHangTimeout = absl::Seconds(2);

class DaemonFaultsTest : public DaemonTest {
 protected:
  DaemonFaultsTest() { config_.hang_timeout = kHangTimeout; }

  // The demo under another name.
  std::string Copy(const std::string& name) const {
    std::filesystem::copy_file(HWLEDGER_DEMO, folder_ / name);
    return folder_ / name;
  }

  // How a request ends whose runner is sent `signal`. It is stopped first, so
  // that the stream cannot end before.
  Heard RunAndSend(int signal) {
    const pid_t runner = Load(/*slot_count=*/1).process_id();
    kill(runner, SIGSTOP);
    grpc::ClientContext context;
    const auto reader = runner_->RunInference(&context, Asking("Hello"));
    kill(runner, signal);
    kill(runner, SIGCONT);
    return Read(*reader);
  }
};

TEST_F(DaemonFaultsTest, KillsARunnerThatHangsAndGoesOn) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();
  kill(runner, SIGSTOP);

  EXPECT_THAT(Run(Asking("Hello")).status,
              IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                          AllOf(HasSubstr("demo was killed"),
                                HasSubstr("answered nothing for 2s"))));
  EXPECT_EQ(kill(runner, 0), -1);
  EXPECT_TRUE(Run(Asking("Hello")).status.ok());
}

TEST_F(DaemonFaultsTest, KillsARunnerThatHangsWhileItDoesNothing) {
  const pid_t runner = Load(/*slot_count=*/1).process_id();

  kill(runner, SIGSTOP);

  EXPECT_TRUE(Await([this] { return Loaded().empty(); }));
  EXPECT_EQ(kill(runner, 0), -1);
}

TEST_F(DaemonFaultsTest, TellsOfARunnerThatAborts) {
  EXPECT_THAT(RunAndSend(SIGABRT).status,
              IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                          AllOf(HasSubstr("demo"), HasSubstr("signal 6"))));
}

TEST_F(DaemonFaultsTest, TellsWhyTheEngineRefusesAModel) {
  std::ifstream file(HWLEDGER_DEMO, std::ios::binary);
  const std::string model((std::istreambuf_iterator<char>(file)), {});
  const std::string path = folder_ / "damaged.gguf";
  std::ofstream(path, std::ios::binary) << absl::StrReplaceAll(
      model, {{"blk.0.attn_q.weight", "blk.0.attn_z.weight"}});
  v1::RunInferenceRequest request = Asking("Hello");
  request.set_model_id(path);

  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          AllOf(HasSubstr("libllama cannot load"),
                                HasSubstr("blk.0.attn_q.weight"))));
}

TEST_F(DaemonFaultsTest, PausesBeforeItStartsWhatCrashesAgainAndAgain) {
  v1::RunInferenceRequest other = Asking("Hello");
  other.set_model_id(Copy("other.gguf"));
  ASSERT_TRUE(Run(other).status.ok());
  const int32_t other_process = Loaded().at(0).process_id();
  RunAndSend(SIGKILL);
  RunAndSend(SIGKILL);

  const grpc::Status status = Run(Asking("Hello")).status;

  EXPECT_THAT(status, IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                                  AllOf(HasSubstr("crashed 2 times"),
                                        HasSubstr("signal 9"))));
  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(1).UnpackTo(&retry));
  EXPECT_LE(retry.retry_delay().seconds(), 1);
  EXPECT_TRUE(Run(other).status.ok());
  EXPECT_EQ(Loaded().at(0).process_id(), other_process);
}

}  // namespace
}  // namespace hwledger
