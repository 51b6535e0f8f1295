#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/host_memory.h"

namespace hwledger {
namespace {

constexpr std::string_view kCgroupRoot = "/sys/fs/cgroup";

// The number after `key` in a file of "key value" lines; what follows it (a
// unit) is ignored.
std::optional<int64_t> ReadNumber(const std::string& path,
                                  std::string_view key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    std::string_view rest = line;
    if (!absl::ConsumePrefix(&rest, key)) continue;
    std::istringstream fields{std::string(rest)};
    int64_t value = 0;
    if (fields >> value) return value;
  }
  return std::nullopt;
}

std::optional<Bytes> ReadKibibytes(const std::string& path,
                                   std::string_view key) {
  const std::optional<int64_t> count = ReadNumber(path, key);
  if (!count || *count < 0) return std::nullopt;
  return KiB(*count);
}

// The group of this process in the unified hierarchy, as a folder.
std::filesystem::path CgroupFolder() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line)) {
    std::string_view path = line;
    if (absl::ConsumePrefix(&path, "0::/")) {
      return std::filesystem::path(kCgroupRoot) / path;
    }
  }
  return kCgroupRoot;
}

// Narrows `memory` by the limit of one control group (cgroup v2). File pages
// that the kernel can drop count as free, as they do in MemAvailable.
void ApplyLimit(const std::filesystem::path& folder, HostMemory& memory) {
  const std::optional<int64_t> limit = ReadNumber(folder / "memory.max", "");
  const std::optional<int64_t> current =
      ReadNumber(folder / "memory.current", "");
  if (!limit || !current || *limit < 0 || *current < 0) return;
  const std::filesystem::path stat = folder / "memory.stat";
  const int64_t droppable = ReadNumber(stat, "inactive_file ").value_or(0) +
                            ReadNumber(stat, "active_file ").value_or(0);
  memory.total = std::min(memory.total, Bytes(*limit));
  memory.free = std::min(memory.free,
                         Bytes(*limit) - (Bytes(*current) - Bytes(droppable)));
}

}  // namespace

std::optional<HostMemory> ReadHostMemory() {
  const auto total = ReadKibibytes("/proc/meminfo", "MemTotal:");
  const auto available = ReadKibibytes("/proc/meminfo", "MemAvailable:");
  if (!total || !available) return std::nullopt;
  HostMemory memory = {.total = *total, .free = *available};
  for (std::filesystem::path folder = CgroupFolder();;
       folder = folder.parent_path()) {
    ApplyLimit(folder, memory);
    if (folder == kCgroupRoot || !folder.has_relative_path()) break;
  }
  return memory;
}

std::optional<Bytes> ReadAnonymousMemory(int64_t process_id) {
  return ReadKibibytes(absl::StrCat("/proc/", process_id, "/status"),
                       "RssAnon:");
}

std::optional<Bytes> ReadResidentMemory(int64_t process_id) {
  return ReadKibibytes(absl::StrCat("/proc/", process_id, "/status"), "VmRSS:");
}

std::optional<Bytes> ReadPeakResidentMemory(int64_t process_id) {
  return ReadKibibytes(absl::StrCat("/proc/", process_id, "/status"), "VmHWM:");
}

}  // namespace hwledger
