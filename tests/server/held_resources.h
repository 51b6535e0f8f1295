#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace hwledger {

// The processes that this one has started and not seen end.
inline std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    pid_t process = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &process)) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    std::getline(stat, text);
    // "PID (NAME) STATE PARENT …", and a name may hold anything.
    const size_t name_end = text.rfind(") ");
    if (name_end == text.npos) continue;
    const std::vector<std::string> fields =
        absl::StrSplit(text.substr(name_end + 2), ' ');
    pid_t parent = 0;
    if (absl::SimpleAtoi(fields[1], &parent) && parent == getpid()) {
      children.push_back(process);
    }
  }
  return children;
}

// What this process holds of the system.
struct HeldResources {
  int64_t descriptor_count = 0;
  int64_t child_count = 0;

  static HeldResources Now() {
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    return {
        .descriptor_count = std::distance(begin(descriptors), end(descriptors)),
        .child_count = std::ssize(Children())};
  }

  bool IsWithin(const HeldResources& other) const {
    return descriptor_count <= other.descriptor_count &&
           child_count <= other.child_count;
  }
  friend std::ostream& operator<<(std::ostream& out,
                                  const HeldResources& held) {
    return out << held.descriptor_count << " descriptors, " << held.child_count
               << " children";
  }
};

}  // namespace hwledger
