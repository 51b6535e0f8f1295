#include "server/daemon.h"

#include <sys/resource.h>

#include <csignal>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "boost/asio/thread_pool.hpp"
#include "core/estimator.h"
#include "core/ledger/ledger.h"
#include "core/ledger/ledger_writer.h"
#include "core/loaded_models.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/engine_child.h"
#include "server/hardware_service.h"
#include "server/http_side.h"
#include "server/inference_service.h"
#include "server/learning.h"
#include "server/ledger_service.h"
#include "server/library_service.h"
#include "server/listen.h"
#include "server/periodic_timer.h"
#include "server/planner_service.h"
#include "server/runner_process.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// Unary calls that read files or wait for an unload; the rest are quick.
constexpr int kServerThreadsMax = 16;

// Loads that read files at once; more only fight for the disk.
constexpr size_t kWorkersMax = 4;

// A prompt of a million tokens is some megabytes.
constexpr int kMessageBytesMax = 16 << 20;

// What the server itself needs to send the last statuses.
constexpr absl::Duration kShutdownTime = absl::Seconds(2);

// As fine as idle_ttl can be set.
constexpr absl::Duration kIdleCheckPeriod = absl::Seconds(1);

absl::Duration IdleTtlOf(const Config& config) {
  return config.idle_ttl > absl::ZeroDuration() ? config.idle_ttl
                                                : absl::InfiniteDuration();
}

absl::StatusOr<std::unique_ptr<Ledger>> OpenLedger(const std::string& path) {
  if (path.empty()) {
    return absl::FailedPreconditionError(
        "no ledger is kept: ledger_path is empty");
  }
  absl::StatusOr<std::unique_ptr<Ledger>> ledger = Ledger::Open(path);
  // Models run without it.
  if (!ledger.ok()) spdlog::error("no ledger: {}", ledger.status().message());
  return ledger;
}

std::vector<std::string> Services() {
  return {v1::Planner::service_full_name(), v1::Hardware::service_full_name(),
          v1::InferenceRunner::service_full_name(),
          v1::ModelLibrary::service_full_name(),
          v1::Ledger::service_full_name()};
}

// Connections take descriptors, and the usual limit is 1,024 of them.
void AllowDescriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

LedgerRetention RetentionOf(const Config& config) {
  return {.age_max = absl::Hours(24) * config.ledger_retention_days,
          .count_max = config.ledger_generations_max};
}

}  // namespace

// In the order in which they are built, and opposite to the one they end in.
struct Daemon::Parts {
  explicit Parts(const Config& config)
      : ledger(OpenLedger(config.ledger_path)),
        models(config.demo_path, config.model_places),
        hardware([this, path = config.runner_path](DeviceRates rates) {
          absl::StatusOr<std::vector<Device>> devices = AskDevices(path, rates);
          if (devices.ok() && rates == DeviceRates::kMeasured) {
            KeepBestRates(*devices);
          }
          return devices;
        }),
        estimator(
            models, hardware,
            [path = config.runner_path](const std::string& model_path,
                                        const EngineOptions& options) {
              return AskDryRun(path, model_path, options);
            },
            [path = config.runner_path](const std::string& projector_path,
                                        FlashAttention flash_attention) {
              return AskProjectorDryRun(path, projector_path, flash_attention);
            }),
        loaded(
            estimator,
            [this,
             program = RunnerProgram{.path = config.runner_path,
                                     .hang_timeout = config.hang_timeout}](
                std::shared_ptr<Runner> runner) {
              StartRunnerProcess(processes.get_executor(), program,
                                 std::move(runner));
            },
            [this](const RunnerSnapshot& runner) {
              if (ledger_writer) ledger_writer->AddLoad(runner);
            },
            LedgerHooks(), IdleTtlOf(config)),
        idle_timer(processes.get_executor(), kIdleCheckPeriod,
                   [this] { loaded.UnloadIdle(); }),
        planner_service(estimator, workers.get_executor()),
        hardware_service(hardware, workers.get_executor()),
        inference_service(loaded, workers.get_executor()),
        library_service(models, loaded, workers.get_executor()),
        ledger_service(ledger) {
    if (!ledger.ok()) return;
    // Elsewhere than on the threads that tell: a disk can be slow.
    ledger_writer.emplace(
        **ledger, RetentionOf(config),
        [this](std::function<void()> write) {
          boost::asio::post(workers, std::move(write));
        },
        [this] { learning->Later(); });
    learning.emplace(**ledger, estimator, workers.get_executor());
  }

  ~Parts() {
    // It calls what is gone before the thread that it calls on.
    idle_timer.Stop();
    processes.join();
  }

  void KeepBestRates(std::vector<Device>& devices) {
    if (!ledger.ok()) return;
    const absl::Status kept =
        (*ledger)->KeepBestRates(Hardware::core_count(), devices);
    if (!kept.ok()) {
      spdlog::error("the best rates of devices are not known: {}",
                    kept.message());
    }
  }

  RunnerHooks LedgerHooks() {
    return {.on_generation =
                [this](const LoadPlan& plan, const GenerationOutcome& outcome) {
                  if (!ledger_writer) return;
                  ledger_writer->AddGeneration(plan, outcome);
                },
            .on_ending =
                [this](const RunnerSnapshot& runner) {
                  if (ledger_writer) ledger_writer->AddEnd(runner);
                }};
  }

  std::optional<SocketPlace> socket_place;
  boost::asio::thread_pool processes{1};  // Watches the runners.
  boost::asio::thread_pool workers{kWorkersMax};
  absl::StatusOr<std::unique_ptr<Ledger>> ledger;
  std::optional<LedgerWriter> ledger_writer;
  ModelStore models;
  Hardware hardware;
  Estimator estimator;
  std::optional<Learning> learning;
  LoadedModels loaded;
  PeriodicTimer idle_timer;
  PlannerService planner_service;
  HardwareService hardware_service;
  InferenceService inference_service;
  LibraryService library_service;
  LedgerService ledger_service;
  std::unique_ptr<grpc::Server> server;
  int grpc_port = 0;
  std::unique_ptr<HttpSide> http;
};

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(const Config& config) {
  // A process that died early must be an error of the write to it.
  std::signal(SIGPIPE, SIG_IGN);
  AllowDescriptors();
  // Referring to it keeps the description of health in the program, where
  // reflection finds it.
  grpc::health::v1::HealthCheckRequest::descriptor();
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();

  auto parts = std::make_unique<Parts>(config);
  grpc::ServerBuilder builder;
  // Without this a second daemon would share the port and half of its calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(kMessageBytesMax);
  grpc::ResourceQuota quota;
  quota.SetMaxThreads(kServerThreadsMax);
  builder.SetResourceQuota(quota);
  if (!config.grpc_address.empty()) {
    ABSL_RETURN_IF_ERROR(
        ParseLoopback("grpc_address", config.grpc_address).status());
    builder.AddListeningPort(config.grpc_address,
                             grpc::InsecureServerCredentials(),
                             &parts->grpc_port);
  }
  if (!config.socket_path.empty()) {
    ABSL_ASSIGN_OR_RETURN(SocketPlace place,
                          SocketPlace::Hold("socket_path", config.socket_path));
    parts->socket_place.emplace(std::move(place));
    builder.AddListeningPort(absl::StrCat("unix:", config.socket_path),
                             grpc::InsecureServerCredentials());
  }
  builder.RegisterService(&parts->planner_service);
  builder.RegisterService(&parts->hardware_service);
  builder.RegisterService(&parts->inference_service);
  builder.RegisterService(&parts->library_service);
  builder.RegisterService(&parts->ledger_service);
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", config.grpc_address, " and ",
                     config.socket_path, ": is the port taken?"));
  }
  for (const std::string& service : Services()) {
    parts->server->GetHealthCheckService()->SetServingStatus(service, true);
  }
  ABSL_ASSIGN_OR_RETURN(parts->http,
                        HttpSide::Start(config, *parts->server, Services(),
                                        parts->workers.get_executor()));
  // The first answer takes a process: better now than in a client's call.
  boost::asio::post(parts->workers,
                    [&hardware = parts->hardware] { hardware.Snapshot(); });
  if (parts->ledger_writer) {
    parts->ledger_writer->PruneLater();
    parts->learning->Later();
  }
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Daemon::~Daemon() { Stop(absl::ZeroDuration()); }

int Daemon::grpc_port() const { return parts_->grpc_port; }

int Daemon::http_port() const {
  return parts_->http ? parts_->http->port() : 0;
}

void Daemon::Reload(const Config& config) {
  parts_->loaded.SetIdleTtl(IdleTtlOf(config));
}

void Daemon::Stop(absl::Duration grace) {
  if (parts_->server == nullptr) return;
  parts_->server->GetHealthCheckService()->SetServingStatus(false);
  const absl::Status reason = absl::UnavailableError("the daemon is stopping");
  parts_->idle_timer.Stop();
  parts_->loaded.Drain(reason, absl::Now() + grace);
  parts_->hardware_service.EndWatches();
  parts_->http.reset();
  parts_->server->Shutdown(absl::ToChronoTime(absl::Now() + kShutdownTime));
  parts_->server->Wait();
  // Those that end have the last word to the ledger, which the workers write.
  parts_->processes.join();
  if (parts_->learning) parts_->learning->Stop();
  parts_->workers.join();
  parts_->server.reset();
}

}  // namespace hwledger
