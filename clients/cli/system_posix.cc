#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "clients/cli/system.h"

namespace hwledger {

bool IsTerminal(StandardStream stream) {
  switch (stream) {
    case StandardStream::kInput:
      return isatty(STDIN_FILENO) == 1;
    case StandardStream::kOutput:
      return isatty(STDOUT_FILENO) == 1;
    case StandardStream::kError:
      return isatty(STDERR_FILENO) == 1;
  }
  return false;
}

std::optional<int64_t> TerminalColumns() {
  winsize size = {};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return std::nullopt;
  if (size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::string UserSocketPath() {
  const char* runtime_folder = std::getenv("XDG_RUNTIME_DIR");
  if (runtime_folder != nullptr && *runtime_folder != '\0') {
    return absl::StrCat(runtime_folder, "/hwledger/hwledgerd.sock");
  }
  return absl::StrCat("/tmp/hwledger-", getuid(), "/hwledgerd.sock");
}

}  // namespace hwledger
