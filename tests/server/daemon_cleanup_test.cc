#include <signal.h>

#include <chrono>
#include <optional>
#include <thread>

#include "absl/time/clock.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/endless_model.h"
#include "tests/server/gated_runner.h"
#include "tests/server/held_resources.h"

// However a call ends, and wherever it stands when it does, nothing of it is
// left: no request in its runner, no process, no descriptor, and no reaction of
// the server, on which its shutdown would wait.
namespace hwledger {
namespace {

enum class Phase { kQueued, kLoading, kPrefill, kDecode };
enum class Ending {
  kOk,
  kClientCancel,
  kDeadline,
  kApplicationError,
  kShutdown,
  kRunnerKilled
};

// Enough to reach any phase; what is held there does not end before.
constexpr auto kDeadline = std::chrono::seconds(1);

// What a test waits for comes at once, or not at all.
constexpr absl::Duration kPatience = absl::Seconds(20);

class CleanupTest : public DaemonTest {
 protected:
  CleanupTest() { config_.runner_path = gated_.path(); }

  void SetUp() override {
    DaemonTest::SetUp();
    // Whatever is made once and kept, such as a connection, is there with the
    // first model; what that leaves behind, the next one leaves again.
    EXPECT_TRUE(Run(Asking("Hello")).status.ok());
    Unload("demo");
    // Nor is the engine being asked for its devices any more.
    v1::ListDevicesResponse devices;
    grpc::ClientContext context;
    EXPECT_TRUE(v1::Hardware::NewStub(channel_)
                    ->ListDevices(&context, {}, &devices)
                    .ok());
    while (!Children().empty()) std::this_thread::yield();
    held_ = HeldResources::Now();
  }

  void Unload(const std::string& model_id) {
    v1::UnloadModelRequest request;
    request.set_model_id(model_id);
    grpc::ClientContext context;
    v1::UnloadModelResponse response;
    library_->UnloadModel(&context, request, &response);
  }

  // The process of the one model that is being loaded, at the gate.
  pid_t StoppedRunner() {
    pid_t process = 0;
    while (process == 0) process = Loaded().at(0).process_id();
    GatedRunner::AwaitStopped(process);
    return process;
  }

  void StopMeanwhile(const std::function<void()>& read) {
    std::thread stopping([this] { daemon_->Stop(absl::ZeroDuration()); });
    read();
    stopping.join();
  }

  // Stop returns only once every reaction is done.
  void ExpectNothingLeft() {
    const absl::Time patience_ends = absl::Now() + kPatience;
    const auto await = [&](const auto& condition) {
      while (!condition() && absl::Now() < patience_ends) {
        std::this_thread::yield();
      }
      return condition();
    };
    EXPECT_TRUE(await([this] {
      return std::ranges::all_of(Loaded(), [](const v1::LoadedModel& model) {
        return model.active_requests() + model.queued_requests() == 0;
      });
    })) << "a request is left";
    for (const v1::LoadedModel& model : Loaded()) Unload(model.model_id());
    // What was there may have been on its way out.
    EXPECT_TRUE(await([this] { return HeldResources::Now().IsWithin(held_); }))
        << HeldResources::Now() << " instead of " << held_;
    const absl::Time stops_at = absl::Now();
    daemon_->Stop(absl::ZeroDuration());
    EXPECT_LT(absl::Now() - stops_at, absl::Seconds(1))
        << "the server waited for a reaction";
  }

  const GatedRunner gated_{folder_};
  HeldResources held_;
};

struct StreamCase {
  Phase phase = Phase::kQueued;
  Ending ending = Ending::kOk;
};

class StreamCleanupTest : public CleanupTest,
                          public testing::WithParamInterface<StreamCase> {
 protected:
  // One call, and what it has been told so far.
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::RunInferenceResponse>> reader;
    v1::RunInferenceResponse event;

    template <typename Condition>
    void ReadUntil(const Condition& condition) {
      while (!condition(event)) {
        if (!reader->Read(&event)) return;
      }
    }
  };

  Ending ending() const { return GetParam().ending; }
  Phase phase() const { return GetParam().phase; }

  v1::RunInferenceRequest Request() const {
    v1::RunInferenceRequest request = EndlessRequest(model_);
    // What is to end by itself goes on for a while, and what is to be ended in
    // its prompt has enough to read for that.
    const bool ends = ending() == Ending::kOk;
    if (ends) request.set_max_tokens(500);
    if (phase() == Phase::kPrefill) {
      request.set_prompt(std::string(ends ? 4'000 : 20'000, '>'));
    }
    return request;
  }

  void Start(Call& call) {
    if (ending() == Ending::kDeadline && &call == &call_) {
      call.context.set_deadline(std::chrono::system_clock::now() + kDeadline);
    }
    call.reader = runner_->RunInference(&call.context, Request());
  }

  void LoadFirst() {
    v1::LoadModelRequest request;
    request.set_model_id(model_);
    *request.mutable_options() = EndlessOptions();
    grpc::ClientContext context;
    const auto reader = library_->LoadModel(&context, request);
    v1::LoadModelResponse response;
    while (reader->Read(&response)) {
    }
    ASSERT_TRUE(reader->Finish().ok());
    process_ = response.loaded().process_id();
  }

  // Brings the call to its phase.
  void Reach() {
    if (phase() == Phase::kLoading) {
      gated_.Shut();
      Start(call_);
      call_.ReadUntil(
          [](const auto& event) { return event.has_load_progress(); });
      process_ = StoppedRunner();
      return;
    }
    LoadFirst();
    if (phase() == Phase::kQueued) {
      Start(before_);
      before_.ReadUntil([](const auto& event) { return event.has_token(); });
    }
    Start(call_);
    call_.ReadUntil([this](const auto& event) {
      return phase() == Phase::kQueued    ? event.has_queued()
             : phase() == Phase::kPrefill ? event.has_prompt_progress()
                                          : event.has_token();
    });
  }

  // Ends the call, and says how it ended.
  grpc::Status End() {
    switch (ending()) {
      case Ending::kOk:
        before_.context.TryCancel();
        GatedRunner::Continue(process_);
        break;
      case Ending::kClientCancel:
        call_.context.TryCancel();
        break;
      case Ending::kDeadline:
        break;
      case Ending::kApplicationError:
        if (phase() == Phase::kLoading) {
          // Its file is not the one any more that was planned.
          std::filesystem::resize_file(model_, 1'000);
          GatedRunner::Continue(process_);
        } else {
          Unload(model_);
        }
        break;
      case Ending::kShutdown: {
        grpc::Status status;
        StopMeanwhile([&] {
          GatedRunner::Continue(process_);
          status = Rest();
        });
        return status;
      }
      case Ending::kRunnerKilled:
        kill(process_, SIGKILL);
        break;
    }
    return Rest();
  }

  grpc::Status Rest() {
    while (call_.reader->Read(&call_.event)) {
    }
    return call_.reader->Finish();
  }

  grpc::StatusCode ExpectedCode() const {
    switch (ending()) {
      case Ending::kOk:
        return grpc::StatusCode::OK;
      case Ending::kClientCancel:
        return grpc::StatusCode::CANCELLED;
      case Ending::kDeadline:
        return grpc::StatusCode::DEADLINE_EXCEEDED;
      case Ending::kApplicationError:
        return phase() == Phase::kLoading ? grpc::StatusCode::DATA_LOSS
                                          : grpc::StatusCode::CANCELLED;
      case Ending::kShutdown:
      case Ending::kRunnerKilled:
        return grpc::StatusCode::UNAVAILABLE;
    }
    return grpc::StatusCode::UNKNOWN;
  }

  const std::string model_ =
      EndlessModel().Write("endless");
  Call before_;  // Has the slot that the call waits for.
  Call call_;
  pid_t process_ = 0;
};

TEST_P(StreamCleanupTest, LeavesNothing) {
  Reach();

  const grpc::Status status = End();

  EXPECT_EQ(status.error_code(), ExpectedCode()) << status.error_message();
  if (phase() == Phase::kLoading) GatedRunner::Continue(process_);
  if (before_.reader != nullptr) {
    before_.context.TryCancel();
    before_.reader->Finish();
  }
  if (ending() == Ending::kShutdown) {
    EXPECT_THAT(Children(), testing::IsEmpty());
  } else {
    ExpectNothingLeft();
  }
}

std::string NameOf(Ending ending) {
  switch (ending) {
    case Ending::kOk:
      return "Ok";
    case Ending::kClientCancel:
      return "ClientCancel";
    case Ending::kDeadline:
      return "Deadline";
    case Ending::kApplicationError:
      return "ApplicationError";
    case Ending::kShutdown:
      return "Shutdown";
    case Ending::kRunnerKilled:
      return "RunnerKilled";
  }
  return "";
}

std::string NameOf(Phase phase) {
  switch (phase) {
    case Phase::kQueued:
      return "Queued";
    case Phase::kLoading:
      return "Loading";
    case Phase::kPrefill:
      return "Prefill";
    case Phase::kDecode:
      return "Decode";
  }
  return "";
}

constexpr Ending kEndings[] = {
    Ending::kOk,       Ending::kClientCancel, Ending::kDeadline,
    Ending::kShutdown, Ending::kRunnerKilled, Ending::kApplicationError};

std::vector<StreamCase> EveryStreamCase() {
  std::vector<StreamCase> cases;
  for (const Phase phase :
       {Phase::kQueued, Phase::kLoading, Phase::kPrefill, Phase::kDecode}) {
    for (const Ending ending : kEndings) cases.push_back({phase, ending});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Cases, StreamCleanupTest,
                         testing::ValuesIn(EveryStreamCase()),
                         [](const auto& test) {
                           return NameOf(test.param.phase) +
                                  NameOf(test.param.ending);
                         });

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
  std::vector<pid_t> children;
  while (children.empty()) children = Children();
  const pid_t process = children[0];
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
