#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/cleanup_fixture.h"
#include "tests/server/endless_model.h"

namespace hwledger {
namespace {

enum class Phase { kQueued, kLoading, kPrefill, kDecode };

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

  // The process of the one model that is being loaded, at the gate.
  pid_t StoppedRunner() {
    const pid_t process = LoadingProcess();
    GatedRunner::AwaitStopped(process);
    return process;
  }

  void StopMeanwhile(const std::function<void()>& read) {
    std::thread stopping([this] { daemon_->Stop(absl::ZeroDuration()); });
    read();
    stopping.join();
  }

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

  const std::string model_ = EndlessModel().Write("endless");
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

}  // namespace
}  // namespace hwledger
