#include "tests/cli/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <csignal>
#include <cstdlib>
#include <utility>

namespace hwledger {
namespace {

// Both ends of what the program writes to.
struct Writing {
  int ours;
  int theirs;
};

Writing OpenPipe() {
  std::array<int, 2> ends = {};
  [[maybe_unused]] const int opened = pipe2(ends.data(), O_CLOEXEC);
  assert(opened == 0);
  return {.ours = ends[0], .theirs = ends[1]};
}

Writing OpenTerminal(int columns) {
  const int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  grantpt(ours);
  unlockpt(ours);
  const int theirs = open(ptsname(ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
  assert(theirs >= 0);
  const winsize size = {.ws_row = 24,
                        .ws_col = static_cast<unsigned short>(columns)};
  ioctl(theirs, TIOCSWINSZ, &size);
  return {.ours = ours, .theirs = theirs};
}

std::FILE* FileWith(std::string_view text) {
  std::FILE* file = std::tmpfile();
  std::fwrite(text.data(), 1, text.size(), file);
  std::rewind(file);
  return file;
}

std::string Contents(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) {
    text.push_back(static_cast<char>(byte));
  }
  return text;
}

// This process's own variables, but for those that `changes` sets.
std::vector<std::string> Environment(const std::vector<std::string>& changes) {
  std::vector<std::string> variables = changes;
  for (char** own = environ; *own != nullptr; ++own) {
    const std::string_view variable = *own;
    const std::string_view name = variable.substr(0, variable.find('=') + 1);
    const bool changed = std::ranges::any_of(
        changes,
        [name](const std::string& change) { return change.starts_with(name); });
    if (!changed) variables.emplace_back(variable);
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Child::Child(std::vector<std::string> command, const ChildOptions& options)
    : errors_(std::tmpfile()) {
  const bool terminal = options.terminal_columns > 0;
  const Writing writing =
      terminal ? OpenTerminal(options.terminal_columns) : OpenPipe();
  output_ = writing.ours;
  std::FILE* input = FileWith(options.input);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, writing.theirs, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(
      &actions, terminal ? writing.theirs : fileno(errors_), STDERR_FILENO);

  std::vector<std::string> environment = Environment(options.environment);
  [[maybe_unused]] const int spawned =
      posix_spawnp(&process_, command[0].c_str(), &actions, nullptr,
                   Pointers(command).data(), Pointers(environment).data());
  assert(spawned == 0);
  posix_spawn_file_actions_destroy(&actions);
  std::fclose(input);
  close(writing.theirs);
}

bool Child::ReadSome() {
  std::array<char, 4096> buffer;
  // A terminal without a writer is an error to read from (EIO), not an end.
  const ssize_t count = read(output_, buffer.data(), buffer.size());
  if (count <= 0) return false;
  read_.append(buffer.data(), static_cast<size_t>(count));
  return true;
}

void Child::ReadUntil(std::string_view text) {
  while (read_.find(text) == std::string::npos && ReadSome()) {
  }
}

void Child::Interrupt() const { kill(process_, SIGINT); }

void Child::Kill() const { kill(process_, SIGKILL); }

Outcome Child::Wait() {
  while (ReadSome()) {
  }
  close(output_);
  int status = 0;
  waitpid(process_, &status, 0);
  Outcome outcome = {
      .exit_code =
          WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
      .output = std::move(read_),
      .errors = Contents(errors_),
  };
  std::fclose(errors_);
  return outcome;
}

}  // namespace hwledger
