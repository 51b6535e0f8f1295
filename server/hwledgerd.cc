// The daemon's program: flags, logging, signals.
#include <signal.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/config.h"
#include "server/daemon.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

namespace {

// Of which either may be empty.
std::string Places(const std::string& address, const std::string& socket_path) {
  if (address.empty() && socket_path.empty()) return "nothing";
  if (address.empty()) return socket_path;
  if (socket_path.empty()) return address;
  return absl::StrCat(address, " and ", socket_path);
}

// Reads the settings again, for SIGHUP. A mistake in them changes nothing.
void Reload(int argc, char** argv, hwledger::Config& config,
            hwledger::Daemon& daemon) {
  const auto line = hwledger::ReadConfig(argc, argv);
  if (!line.ok()) {
    spdlog::error("settings stay as they are: {}", line.status().message());
    return;
  }
  config = line->config;
  spdlog::set_level(spdlog::level::from_str(config.log_level));
  daemon.Reload(config);
  spdlog::info("settings read again: log_level, idle_ttl, stop_grace");
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before there are other threads, so that only sigwait receives them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto line = hwledger::ReadConfig(argc, argv);
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
  const hwledger::Config& config = line->config;
  spdlog::info("serving on {}; HTTP on {}",
               Places(config.grpc_address, config.socket_path),
               Places(config.http_address, config.http_socket_path));
  int signal = SIGHUP;
  while (sigwait(&signals, &signal) == 0 && signal == SIGHUP) {
    Reload(argc, argv, line->config, **daemon);
  }
  spdlog::info("signal {}: stopping", signal);
  (*daemon)->Stop(line->config.stop_grace);
  spdlog::info("stopped");
  return EXIT_SUCCESS;
}
