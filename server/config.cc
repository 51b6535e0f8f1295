#include "server/config.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string_view>
#include <system_error>
#include <toml++/toml.hpp>
#include <variant>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hwledger {
namespace {

// One setting under all its names.
struct Setting {
  std::string_view key;  // In the file.
  const char* variable;
  const char* flag;
  const char* help;
  std::variant<std::string Config::*, int64_t Config::*,
               absl::Duration Config::*>
      value;
};

constexpr Setting kSettings[] = {
    {"grpc_address", "HWLEDGER_GRPC_ADDRESS", "--grpc-address",
     "host:port for gRPC, a loopback address; empty for none",
     &Config::grpc_address},
    {"socket_path", "HWLEDGER_SOCKET_PATH", "--socket-path",
     "Unix socket for gRPC; empty for none", &Config::socket_path},
    {"http_address", "HWLEDGER_HTTP_ADDRESS", "--http-address",
     "host:port for HTTP, a loopback address; empty for none",
     &Config::http_address},
    {"http_socket_path", "HWLEDGER_HTTP_SOCKET_PATH", "--http-socket-path",
     "Unix socket for HTTP; empty for none", &Config::http_socket_path},
    {"http_hosts", "HWLEDGER_HTTP_HOSTS", "--http-hosts",
     "names of this machine that HTTP may be asked by, beside its loopback "
     "ones; with commas",
     &Config::http_hosts},
    {"http_origins", "HWLEDGER_HTTP_ORIGINS", "--http-origins",
     "web pages that may ask, such as http://localhost:3000; with commas",
     &Config::http_origins},
    {"runner_path", "HWLEDGER_RUNNER_PATH", "--runner-path",
     "the program that runs models", &Config::runner_path},
    {"demo_path", "HWLEDGER_DEMO_PATH", "--demo-path",
     "the model behind the name \"demo\"", &Config::demo_path},
    {"ledger_path", "HWLEDGER_LEDGER_PATH", "--ledger-path",
     "database of what was predicted and measured; empty for none",
     &Config::ledger_path},
    {"idle_ttl", "HWLEDGER_IDLE_TTL", "--idle-ttl",
     "unload models after so long without a request, such as 10m; 0: never",
     &Config::idle_ttl},
    {"hang_timeout", "HWLEDGER_HANG_TIMEOUT", "--hang-timeout",
     "kill a model's process that does nothing for so long; 0: never",
     &Config::hang_timeout},
    {"stop_grace", "HWLEDGER_STOP_GRACE", "--stop-grace",
     "what running streams get to end when the daemon stops",
     &Config::stop_grace},
    {"ledger_retention_days", "HWLEDGER_LEDGER_RETENTION_DAYS",
     "--ledger-retention-days", "days for which the ledger keeps generations",
     &Config::ledger_retention_days},
    {"ledger_generations_max", "HWLEDGER_LEDGER_GENERATIONS_MAX",
     "--ledger-generations-max", "generations that the ledger keeps",
     &Config::ledger_generations_max},
    {"log_level", "HWLEDGER_LOG_LEVEL", "--log-level",
     "trace, debug, info, warn or error", &Config::log_level},
};

constexpr std::string_view kLevels[] = {"trace", "debug", "info", "warn",
                                        "error"};

absl::Status Apply(const Setting& setting, std::string_view text,
                   Config& config) {
  const auto refused = [&](std::string_view wanted) {
    return absl::InvalidArgumentError(
        absl::StrCat(setting.key, " must be ", wanted, "; got \"", text, "\""));
  };
  if (const auto* value = std::get_if<std::string Config::*>(&setting.value)) {
    config.** value = text;
  } else if (const auto* number =
                 std::get_if<int64_t Config::*>(&setting.value)) {
    if (!absl::SimpleAtoi(text, &(config.**number))) {
      return refused("a whole number");
    }
  } else {
    absl::Duration duration;
    if (!absl::ParseDuration(text, &duration) ||
        duration < absl::ZeroDuration()) {
      return refused("a duration such as 90s, 10m or 0");
    }
    config.*std::get<absl::Duration Config::*>(setting.value) = duration;
  }
  return absl::OkStatus();
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::filesystem::path ProgramFolder() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::filesystem::path(".") : program.parent_path();
}

std::string DefaultSocketPath() {
  const std::string runtime_folder = Environment("XDG_RUNTIME_DIR");
  return runtime_folder.empty()
             ? absl::StrCat("/tmp/hwledger-", getuid(), "/hwledgerd.sock")
             : absl::StrCat(runtime_folder, "/hwledger/hwledgerd.sock");
}

std::string DefaultLedgerPath() {
  const std::string state_folder = Environment("XDG_STATE_HOME");
  return absl::StrCat(state_folder.empty()
                          ? Environment("HOME") + "/.local/state"
                          : state_folder,
                      "/hwledger/ledger.db");
}

Config BuiltIn() {
  Config config;
  config.socket_path = DefaultSocketPath();
  config.runner_path = ProgramFolder() / "hwledger-runner";
  config.demo_path =
      (ProgramFolder() / "../share/hwledger/demo.gguf").lexically_normal();
  config.ledger_path = DefaultLedgerPath();
  config.model_places = ModelPlacesOf(Environment);
  return config;
}

std::string DefaultFile() {
  const std::string folder = Environment("XDG_CONFIG_HOME");
  return folder.empty() ? Environment("HOME") + "/.config/hwledger.toml"
                        : folder + "/hwledger.toml";
}

absl::StatusOr<toml::table> ParseFile(const std::string& path) {
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ":", error.source().begin.line, ": ", error.description()));
  }
}

absl::Status ApplyFile(const std::string& path, Config& config) {
  ABSL_ASSIGN_OR_RETURN(const toml::table table, ParseFile(path));
  for (const auto& [key, value] : table) {
    const auto* setting =
        std::find_if(std::begin(kSettings), std::end(kSettings),
                     [&](const Setting& s) { return s.key == key.str(); });
    if (setting == std::end(kSettings)) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": no such setting: ", key.str()));
    }
    if (const auto* member = std::get_if<int64_t Config::*>(&setting->value)) {
      const std::optional<int64_t> number = value.value_exact<int64_t>();
      if (!number) {
        return absl::InvalidArgumentError(
            absl::StrCat(path, ": ", key.str(), " must be a whole number"));
      }
      config.** member = *number;
      continue;
    }
    const std::optional<std::string> text = value.value<std::string>();
    if (!text) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", key.str(), " must be a string"));
    }
    ABSL_RETURN_IF_ERROR(Apply(*setting, *text, config));
  }
  return absl::OkStatus();
}

absl::Status ApplyEnvironment(Config& config) {
  for (const Setting& setting : kSettings) {
    if (const char* value = std::getenv(setting.variable)) {
      ABSL_RETURN_IF_ERROR(Apply(setting, value, config));
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateRange(std::string_view key, int64_t value, int64_t most) {
  if (value >= 1 && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(key, " must be 1 to ", most, "; got ", value));
}

absl::Status Validate(const Config& config) {
  if (std::find(std::begin(kLevels), std::end(kLevels), config.log_level) ==
      std::end(kLevels)) {
    return absl::InvalidArgumentError(
        absl::StrCat("log_level must be one of ", absl::StrJoin(kLevels, ", "),
                     "; got \"", config.log_level, "\""));
  }
  if (config.grpc_address.empty() && config.socket_path.empty()) {
    return absl::InvalidArgumentError(
        "grpc_address and socket_path must not both be empty");
  }
  ABSL_RETURN_IF_ERROR(ValidateRange("ledger_retention_days",
                                     config.ledger_retention_days, 36'500));
  return ValidateRange("ledger_generations_max", config.ledger_generations_max,
                       1'000'000'000);
}

// As the parser takes them: the last first, and "--flag=" as two of them, since
// to it the one alone has no value yet.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    std::string argument = argv[i];
    if (absl::StartsWith(argument, "--") && absl::EndsWith(argument, "=")) {
      arguments.emplace_back();
      argument.pop_back();
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

}  // namespace

absl::StatusOr<CommandLine> ReadConfig(int argc, char** argv) {
  CommandLine line = {.config = BuiltIn()};
  CLI::App app(
      "Plans and runs language models for every program on this machine.\n"
      "Clients speak gRPC (package hwledger.v1) to its socket or port, or "
      "HTTP\n"
      "with JSON.",
      "hwledgerd");
  app.set_version_flag("--version", HWLEDGER_VERSION);
  app.add_flag("--print-config", line.print_config,
               "print the settings as a configuration file and end");
  std::string file;
  app.add_option("--config", file,
                 absl::StrCat("configuration file (default: ", DefaultFile(),
                              ", where there is one)"));
  std::array<std::string, std::size(kSettings)> flags;
  std::vector<CLI::Option*> options;
  for (size_t i = 0; i < flags.size(); ++i) {
    const Setting& setting = kSettings[i];
    options.push_back(app.add_option(
        setting.flag, flags[i],
        absl::StrCat(setting.help, " [", setting.variable, "]")));
  }
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? EXIT_SUCCESS : 2);
  }

  std::error_code ignored;
  if (file.empty() && std::filesystem::exists(DefaultFile(), ignored)) {
    file = DefaultFile();
  }
  if (!file.empty()) {
    ABSL_RETURN_IF_ERROR(ApplyFile(file, line.config));
  }
  ABSL_RETURN_IF_ERROR(ApplyEnvironment(line.config));
  for (size_t i = 0; i < options.size(); ++i) {
    if (options[i]->count() == 0) continue;
    ABSL_RETURN_IF_ERROR(Apply(kSettings[i], flags[i], line.config));
  }
  ABSL_RETURN_IF_ERROR(Validate(line.config));
  return line;
}

std::string ToToml(const Config& config) {
  toml::table table;
  for (const Setting& setting : kSettings) {
    std::visit(
        [&](auto member) {
          if constexpr (std::is_same_v<decltype(member),
                                       absl::Duration Config::*>) {
            table.insert(setting.key, absl::FormatDuration(config.*member));
          } else {
            table.insert(setting.key, config.*member);
          }
        },
        setting.value);
  }
  std::ostringstream text;
  text << table << "\n";
  return text.str();
}

}  // namespace hwledger
