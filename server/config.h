#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/model/source/model_places.h"

namespace hwledger {

// How the daemon is set up. Each setting comes from the last of these that has
// it: built in, hwledger.toml, the environment (HWLEDGER_*), flags.
struct Config {
  // host:port on a loopback address; port 0 takes a free one. Empty: no TCP.
  std::string grpc_address = "127.0.0.1:7420";
  // Empty: no Unix socket.
  std::string socket_path;
  // The same for HTTP.
  std::string http_address = "127.0.0.1:7421";
  std::string http_socket_path;
  // Names of this machine beside its loopback ones, for HTTP; with commas.
  std::string http_hosts;
  // Pages that may ask over HTTP, such as http://localhost:3000; with commas.
  std::string http_origins;
  // The program that runs models.
  std::string runner_path;
  // The model behind the name "demo".
  std::string demo_path;
  // The database of what was predicted and measured. Empty: none is kept.
  std::string ledger_path;
  // Days for which it keeps generations, 1 to 36500, and how many of them, 1 to
  // 1,000,000,000; a million takes about 150 MB.
  int64_t ledger_retention_days = 90;
  int64_t ledger_generations_max = 1'000'000;
  // Where to look for models that other programs have downloaded; from those
  // programs' own variables.
  ModelPlaces model_places;
  // Models that have had nothing to do for so long are unloaded, where a load
  // does not say otherwise. Zero: they stay.
  absl::Duration idle_ttl;
  // A runner that has answered or computed nothing for so long is killed. Zero:
  // none is.
  absl::Duration hang_timeout = absl::Minutes(2);
  // What running streams get to end when the daemon stops; a service manager
  // waits longer than this by default.
  absl::Duration stop_grace = absl::Seconds(5);
  // trace, debug, info, warn or error.
  std::string log_level = "info";
};

// What the command line asked for.
struct CommandLine {
  Config config;
  bool print_config = false;
};

// Parses the command line and what lies below it. Prints help or version and
// ends the process where that is asked for. InvalidArgument: says where and
// what.
absl::StatusOr<CommandLine> ReadConfig(int argc, char** argv);

// As a configuration file.
std::string ToToml(const Config& config);

}  // namespace hwledger
