#pragma once

namespace hwledger {

// How the program ends, for scripts. Documented in --help.
enum class ExitCode {
  kOk = 0,
  kFailure = 1,
  kUsage = 2,
  kNotFound = 3,
  // It does not fit, or the daemon has no room for it now.
  kDoesNotFit = 4,
  // No daemon answers.
  kUnreachable = 5,
  // Ctrl-C; 128 + SIGINT, as shells report it.
  kCancelled = 130,
};

}  // namespace hwledger
