#include <chrono>

#include "tests/server/daemon_fixture.h"
#include "tests/server/gated_runner.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DaemonLoadTest : public DaemonTest {
 protected:
  DaemonLoadTest() { config_.runner_path = gated_.path(); }

  static v1::LoadModelRequest LoadingDemo() {
    v1::LoadModelRequest request;
    request.set_model_id("demo");
    request.mutable_options()->set_thread_count(1);
    return request;
  }

  // Calls until the load has begun.
  std::unique_ptr<grpc::ClientReader<v1::LoadModelResponse>> BeginLoad(
      grpc::ClientContext& context) {
    auto reader = library_->LoadModel(&context, LoadingDemo());
    v1::LoadModelResponse first;
    EXPECT_TRUE(reader->Read(&first));
    EXPECT_TRUE(first.has_load_progress());
    return reader;
  }
  static grpc::Status End(grpc::ClientReader<v1::LoadModelResponse>& reader) {
    v1::LoadModelResponse response;
    while (reader.Read(&response)) {
    }
    return reader.Finish();
  }

  // The process that loads the one model, once it stands before the gate.
  pid_t StoppedProcess() {
    const pid_t process = LoadingProcess();
    GatedRunner::AwaitStopped(process);
    return process;
  }
  void AwaitNoModel() {
    EXPECT_TRUE(Await([this] { return Loaded().empty(); }));
  }

  const GatedRunner gated_{folder_};
};

TEST_F(DaemonLoadTest, GivesALoadUpWhenItsCallIsCancelled) {
  gated_.Shut();
  grpc::ClientContext context;
  const auto reader = BeginLoad(context);
  const pid_t process = StoppedProcess();

  context.TryCancel();

  EXPECT_EQ(End(*reader).error_code(), grpc::StatusCode::CANCELLED);
  GatedRunner::Continue(process);
  AwaitNoModel();
  EXPECT_EQ(kill(process, 0), -1);
}

TEST_F(DaemonLoadTest, GivesALoadUpAtItsDeadline) {
  gated_.Shut();
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(1));
  const auto reader = library_->LoadModel(&context, LoadingDemo());

  EXPECT_EQ(End(*reader).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  for (const v1::LoadedModel& model : Loaded()) {
    GatedRunner::Continue(model.process_id());
  }
  AwaitNoModel();
}

TEST_F(DaemonLoadTest, GoesOnLoadingForOthersThatWait) {
  gated_.Shut();
  grpc::ClientContext given_up;
  grpc::ClientContext waits;
  const auto first = BeginLoad(given_up);
  const auto second = BeginLoad(waits);
  const pid_t process = StoppedProcess();

  given_up.TryCancel();
  EXPECT_EQ(End(*first).error_code(), grpc::StatusCode::CANCELLED);
  GatedRunner::Continue(process);

  EXPECT_TRUE(End(*second).ok());
  EXPECT_EQ(Loaded().at(0).process_id(), process);
}

TEST_F(DaemonLoadTest, GoesOnLoadingWhatACancelledRequestHasBegun) {
  gated_.Shut();
  grpc::ClientContext context;
  const auto reader = runner_->RunInference(&context, Asking("Hello"));
  v1::RunInferenceResponse first;
  ASSERT_TRUE(reader->Read(&first));
  const pid_t process = StoppedProcess();

  context.TryCancel();
  EXPECT_EQ(Read(*reader).status.error_code(), grpc::StatusCode::CANCELLED);
  GatedRunner::Continue(process);

  EXPECT_EQ(Load(/*slot_count=*/4).process_id(), process);
}

TEST_F(DaemonLoadTest, RefusesOptionsThatDifferFromWhatIsLoaded) {
  Load(/*slot_count=*/2);
  v1::LoadModelRequest request = LoadingDemo();
  request.mutable_options()->set_batch_size(3);
  grpc::ClientContext context;

  EXPECT_THAT(End(*library_->LoadModel(&context, request)),
              IsGrpcError(grpc::StatusCode::FAILED_PRECONDITION,
                          AllOf(HasSubstr("batch_size"), HasSubstr("2"),
                                HasSubstr("3"))));
}

TEST_F(DaemonLoadTest, UnloadsAnIdleModelAfterItsTtl) {
  v1::LoadModelRequest request = LoadingDemo();
  request.mutable_options()->mutable_idle_ttl()->set_seconds(1);
  grpc::ClientContext context;

  ASSERT_TRUE(End(*library_->LoadModel(&context, request)).ok());

  AwaitNoModel();
}

TEST_F(DaemonLoadTest, TellsHowLongAModelStays) {
  v1::LoadModelRequest request = LoadingDemo();
  request.mutable_options()->mutable_idle_ttl()->set_seconds(3600);
  grpc::ClientContext context;
  ASSERT_TRUE(End(*library_->LoadModel(&context, request)).ok());

  EXPECT_EQ(Loaded().at(0).idle_ttl().seconds(), 3600);
  EXPECT_GT(Loaded().at(0).idle_time_left().seconds(), 3000);
  EXPECT_LE(Loaded().at(0).idle_time_left().seconds(), 3600);

  request.mutable_options()->set_pinned(true);
  grpc::ClientContext again;
  ASSERT_TRUE(End(*library_->LoadModel(&again, request)).ok());
  EXPECT_TRUE(Loaded().at(0).pinned());
  EXPECT_FALSE(Loaded().at(0).has_idle_time_left());
}

}  // namespace
}  // namespace hwledger
