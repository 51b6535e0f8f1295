// Runs one model for the daemon, which starts this program and shares a socket
// with it, or answers one question about the engine. It ends when its standard
// input does, so it never outlives the daemon.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "core/engine/dry_run.h"
#include "core/engine/engine_devices.h"
#include "core/engine/libllama.h"
#include "core/engine/projector_dry_run.h"
#include "hwledger/runner/v1/runner.pb.h"
#include "server/affinity.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"
#include "server/runner_link_service.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// The daemon quotes the last line.
int Fail(std::string_view message) {
  std::cerr << message << '\n';
  return EXIT_FAILURE;
}

template <typename Message>
int Print(const Message& message) {
  if (message.SerializeToOstream(&std::cout) && std::cout.flush()) {
    return EXIT_SUCCESS;
  }
  return Fail("cannot write to standard output");
}

int PrintDevices(DeviceRates rates) {
  runner::v1::DeviceList list;
  for (const Device& device : EngineDevices(rates)) {
    *list.add_devices() = ToProto(device);
  }
  return Print(list);
}

int PrintDryRun() {
  runner::v1::DryRunRequest request;
  if (!request.ParseFromIstream(&std::cin)) {
    return Fail("standard input is no DryRunRequest");
  }
  const absl::StatusOr<std::vector<DeviceUse>> uses =
      DryRun(request.path(), FromProto(request.options()));
  if (!uses.ok()) return Fail(uses.status().message());
  runner::v1::DryRunResponse response;
  for (const DeviceUse& use : *uses) *response.add_devices() = ToProto(use);
  return Print(response);
}

int PrintProjectorDryRun() {
  runner::v1::ProjectorDryRunRequest request;
  if (!request.ParseFromIstream(&std::cin)) {
    return Fail("standard input is no ProjectorDryRunRequest");
  }
  const absl::StatusOr<std::vector<ProjectorUse>> uses =
      ProjectorDryRun(request.path(), FromProto(request.flash_attention()));
  if (!uses.ok()) return Fail(uses.status().message());
  runner::v1::ProjectorDryRunResponse response;
  for (const ProjectorUse& use : *uses) *response.add_devices() = ToProto(use);
  return Print(response);
}

int RunModel(int link_fd) {
  // Ctrl-C goes to the whole group; what it means is for the daemon to say.
  std::signal(SIGINT, SIG_IGN);
  // libgomp bound this thread, if it is to bind the engine's: those of gRPC
  // would all share the first core, with one of the engine's.
  TakeAffinityOfParent();
  RunnerLinkService service;
  const std::unique_ptr<grpc::Server> server = ServeLink(service, link_fd);
  if (server == nullptr) {
    return Fail("cannot serve on descriptor " + std::to_string(link_fd));
  }
  while (std::getchar() != EOF) {
  }
  // Nothing is to be saved, and a step may take seconds to end.
  std::_Exit(EXIT_SUCCESS);
}

int Main(int argc, char** argv) {
  CLI::App app("Runs one model for hwledgerd, which starts this program.",
               "hwledger-runner");
  app.set_version_flag("--version", "hwledger-runner " HWLEDGER_VERSION
                                    ", libllama " +
                                        LibllamaVersion());
  bool devices = false;
  bool no_rates = false;
  bool dry_run = false;
  bool projector_dry_run = false;
  bool verbose = false;
  int link_fd = -1;
  app.add_flag("--verbose", verbose, "Log all that libllama logs.");
  app.add_flag("--no-rates", no_rates,
               "With --devices: measure neither bandwidth nor compute rate.");
  CLI::Option_group* tasks = app.add_option_group("Tasks", "One of them.");
  tasks->add_flag("--devices", devices,
                  "Write a runner.v1.DeviceList to standard output.");
  tasks->add_flag("--dry-run", dry_run,
                  "Read a runner.v1.DryRunRequest from standard input, write a "
                  "DryRunResponse to standard output.");
  tasks->add_flag("--projector-dry-run", projector_dry_run,
                  "The same with a ProjectorDryRunRequest and a "
                  "ProjectorDryRunResponse.");
  tasks->add_option("--link-fd", link_fd,
                    "Serve runner.v1.RunnerLink on this connected socket until "
                    "standard input ends.");
  tasks->require_option(1);
  CLI11_PARSE(app, argc, argv);

  // The daemon adds the time and the model's name.
  spdlog::set_default_logger(spdlog::stderr_logger_mt("runner"));
  spdlog::set_pattern("%l: %v");
  StartLibllama(verbose ? LibllamaLog::kEverything : LibllamaLog::kErrors);
  if (devices) {
    return PrintDevices(no_rates ? DeviceRates::kNotAsked
                                 : DeviceRates::kMeasured);
  }
  if (dry_run) return PrintDryRun();
  if (projector_dry_run) return PrintProjectorDryRun();
  return RunModel(link_fd);
}

}  // namespace
}  // namespace hwledger

// What CLI11 throws while options are declared is a mistake of ours.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
  return hwledger::Main(argc, argv);
}
