#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "tests/server/await.h"
#include "tests/server/daemon_fixture.h"
#include "tests/server/gated_runner.h"
#include "tests/server/held_resources.h"

// However a call ends, and wherever it stands when it does, nothing of it is
// left: no request in its runner, no process, no descriptor, and no reaction of
// the server, on which its shutdown would wait.
namespace hwledger {

enum class Ending {
  kOk,
  kClientCancel,
  kDeadline,
  kApplicationError,
  kShutdown,
  kRunnerKilled
};

inline std::string NameOf(Ending ending) {
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

// Enough to reach any phase; what is held there does not end before.
inline constexpr auto kDeadline = std::chrono::seconds(1);

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
    EXPECT_TRUE(Await([] { return Children().empty(); }));
    held_ = HeldResources::Now();
  }

  void Unload(const std::string& model_id) {
    v1::UnloadModelRequest request;
    request.set_model_id(model_id);
    grpc::ClientContext context;
    v1::UnloadModelResponse response;
    library_->UnloadModel(&context, request, &response);
  }

  // Stop returns only once every reaction is done.
  void ExpectNothingLeft() {
    EXPECT_TRUE(Await([this] {
      return std::ranges::all_of(Loaded(), [](const v1::LoadedModel& model) {
        return model.active_requests() + model.queued_requests() == 0;
      });
    })) << "a request is left";
    for (const v1::LoadedModel& model : Loaded()) Unload(model.model_id());
    // What was there may have been on its way out.
    EXPECT_TRUE(Await([this] { return HeldResources::Now().IsWithin(held_); }))
        << HeldResources::Now() << " instead of " << held_;
    const absl::Time stops_at = absl::Now();
    daemon_->Stop(absl::ZeroDuration());
    EXPECT_LT(absl::Now() - stops_at, absl::Seconds(1))
        << "the server waited for a reaction";
  }

  const GatedRunner gated_{folder_};
  HeldResources held_;
};

}  // namespace hwledger
