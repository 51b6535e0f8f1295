#pragma once

#include <signal.h>
#include <sys/types.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace hwledger {

// Whether a process has been stopped by a signal.
inline bool IsStopped(pid_t process) {
  std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  std::getline(stat, text);
  const size_t name_end = text.rfind(") ");
  return name_end != text.npos && text[name_end + 2] == 'T';
}

// The real runner behind a gate: while that is shut, the process stops itself
// before the runner begins, as if by SIGSTOP, until it is let through.
class GatedRunner {
 public:
  // In `folder`; `argument` is the first of those runs that find the gate.
  explicit GatedRunner(const std::filesystem::path& folder,
                       const std::string& argument = "--link-fd")
      : path_(folder / "gated-runner"), gate_(folder / "gate") {
    std::ofstream(path_) << "#!/bin/sh\n"
                         << "[ \"$1\" = " << argument << " ] && [ -e '"
                         << gate_.string() << "' ] && kill -STOP $$\n"
                         << "exec '" << HWLEDGER_RUNNER << "' \"$@\"\n";
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }

  std::string path() const { return path_; }

  void Shut() const { std::ofstream(gate_) << "shut\n"; }

  // Waits until `process` stands before the gate.
  static void AwaitStopped(pid_t process) {
    while (!IsStopped(process)) std::this_thread::yield();
  }
  static void Continue(pid_t process) { kill(process, SIGCONT); }

 private:
  const std::filesystem::path path_;
  const std::filesystem::path gate_;
};

}  // namespace hwledger
