// The daemon's program: flags, logging, signals.
#include <signal.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "server/config.h"
#include "server/daemon.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace {

// Streams that are nearly done may end; a service manager waits longer than
// this.
constexpr absl::Duration kStopGrace = absl::Seconds(5);

}  // namespace

int main(int argc, char** argv) {
  // Blocked before there are other threads, so that only sigwait receives them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);

  const auto line = hwledger::ReadConfig(argc, argv);
  if (!line.ok()) {
    std::cerr << "hwledgerd: " << line.status().message() << "\n";
    return 2;
  }
  if (line->print_config) {
    std::cout << hwledger::ToToml(line->config);
    return EXIT_SUCCESS;
  }
  spdlog::set_default_logger(spdlog::stderr_color_mt("hwledgerd"));
  spdlog::set_level(spdlog::level::from_str(line->config.log_level));

  const auto daemon = hwledger::Daemon::Start(line->config);
  if (!daemon.ok()) {
    std::cerr << "hwledgerd: " << daemon.status().message() << "\n";
    return EXIT_FAILURE;
  }
  spdlog::info("serving on {} and {}", line->config.grpc_address,
               line->config.socket_path);
  int signal = 0;
  sigwait(&stop_signals, &signal);
  spdlog::info("signal {}: stopping", signal);
  (*daemon)->Stop(kStopGrace);
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}
