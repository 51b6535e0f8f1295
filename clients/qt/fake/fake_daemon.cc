#include "clients/qt/fake/fake_daemon.h"

#include <grpcpp/health_check_service_interface.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "clients/qt/fake/hardware_service.h"
#include "clients/qt/fake/inference_service.h"
#include "clients/qt/fake/ledger_service.h"
#include "clients/qt/fake/library_service.h"
#include "clients/qt/fake/loaded_set.h"
#include "clients/qt/fake/planner_service.h"
#include "clients/qt/fake/script.h"
#include "clients/qt/fake/script_texts.h"

namespace hwledger {
namespace {

absl::StatusOr<std::filesystem::path> NewFolder() {
  std::error_code error;
  const auto place = std::filesystem::temp_directory_path(error);
  std::string name = (place / "hwledger-fake-XXXXXX").string();
  if (error || mkdtemp(name.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot make folder ", name));
  }
  return name;
}

}  // namespace

// In the order in which they are built.
struct FakeDaemon::Parts {
  Parts(Script recorded, std::filesystem::path own_folder)
      : script(std::move(recorded)), folder(std::move(own_folder)) {}

  const Script script;
  const std::filesystem::path folder;
  Behaviour behaviour;
  LoadedSet loaded;
  FakePlannerService planner{script, behaviour};
  FakeInferenceService inference{script, behaviour, loaded};
  FakeLibraryService library{script, behaviour, loaded};
  FakeHardwareService hardware{script, behaviour};
  FakeLedgerService ledger{script, behaviour};
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<FakeDaemon>> FakeDaemon::Start() {
  ABSL_ASSIGN_OR_RETURN(Script script,
                        Script::Read(kScriptJson, kAnswerMarkdown));
  ABSL_ASSIGN_OR_RETURN(std::filesystem::path folder, NewFolder());
  std::unique_ptr<FakeDaemon> daemon(new FakeDaemon(
      std::make_unique<Parts>(std::move(script), std::move(folder))));
  ABSL_RETURN_IF_ERROR(daemon->StartAgain());
  return daemon;
}

FakeDaemon::FakeDaemon(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)) {}

FakeDaemon::~FakeDaemon() {
  Stop();
  std::error_code ignored;  // What is left over is in the way of nobody.
  std::filesystem::remove_all(parts_->folder, ignored);
}

std::string FakeDaemon::address() const {
  return absl::StrCat("unix:", (parts_->folder / "socket").string());
}

Behaviour& FakeDaemon::behaviour() { return parts_->behaviour; }

const std::string& FakeDaemon::answer_markdown() const {
  return parts_->script.answer_markdown;
}

void FakeDaemon::Stop() {
  if (parts_->server == nullptr) return;
  parts_->server->Shutdown(std::chrono::system_clock::now());
  parts_->server->Wait();
  parts_->server.reset();
  parts_->loaded.Clear();
}

absl::Status FakeDaemon::StartAgain() {
  if (parts_->server != nullptr) return absl::OkStatus();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
  builder.RegisterService(&parts_->planner);
  builder.RegisterService(&parts_->inference);
  builder.RegisterService(&parts_->library);
  builder.RegisterService(&parts_->hardware);
  builder.RegisterService(&parts_->ledger);
  parts_->server = builder.BuildAndStart();
  if (parts_->server == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address()));
  }
  return absl::OkStatus();
}

}  // namespace hwledger
