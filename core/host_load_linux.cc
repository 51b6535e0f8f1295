#include <algorithm>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "core/host_load.h"

namespace hwledger {
namespace {

// Of the first line of /proc/stat (man 5 proc): user, nice, system, idle,
// iowait, irq, softirq, steal. What follows is part of user and nice.
constexpr size_t kFields = 8;
constexpr size_t kIdle = 3;
constexpr size_t kWaiting = 4;

// Drivers of the sensors inside of processors: Intel, AMD, and what device
// trees call theirs. First those of hwmon, then those of thermal zones.
constexpr std::string_view kMonitors[] = {"coretemp", "k10temp", "zenpower",
                                          "cpu_thermal"};
constexpr std::string_view kZones[] = {"x86_pkg_temp", "cpu-thermal",
                                       "cpu_thermal", "soc_thermal"};

std::string FirstLine(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Files hold thousandths of a degree.
std::optional<double> DegreesIn(const std::filesystem::path& path) {
  int64_t thousandths = 0;
  if (!absl::SimpleAtoi(FirstLine(path), &thousandths)) return std::nullopt;
  return static_cast<double>(thousandths) / 1000;
}

// The hottest sensor in the folders of `classes` whose file `name_file` holds
// one of `names`.
std::optional<double> Hottest(const std::filesystem::path& classes,
                              std::string_view name_file,
                              absl::Span<const std::string_view> names,
                              std::string_view prefix,
                              std::string_view suffix) {
  std::optional<double> hottest;
  std::error_code none;
  for (const auto& sensor :
       std::filesystem::directory_iterator(classes, none)) {
    if (!absl::c_linear_search(names, FirstLine(sensor.path() / name_file))) {
      continue;
    }
    std::error_code gone;
    for (const auto& file :
         std::filesystem::directory_iterator(sensor.path(), gone)) {
      const std::string name = file.path().filename().string();
      if (!absl::StartsWith(name, prefix) || !absl::EndsWith(name, suffix)) {
        continue;
      }
      const std::optional<double> degrees = DegreesIn(file.path());
      if (degrees) hottest = std::max(hottest.value_or(*degrees), *degrees);
    }
  }
  return hottest;
}

}  // namespace

std::optional<CpuTimes> ParseCpuTimes(std::string_view stat) {
  const std::string_view line = stat.substr(0, stat.find('\n'));
  const std::vector<std::string_view> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.size() < kFields + 1 || words.front() != "cpu") return std::nullopt;
  CpuTimes times;
  for (size_t i = 0; i < kFields; ++i) {
    int64_t ticks = 0;
    if (!absl::SimpleAtoi(words[i + 1], &ticks)) return std::nullopt;
    times.total += ticks;
    if (i != kIdle && i != kWaiting) times.busy += ticks;
  }
  return times;
}

std::optional<CpuTimes> ReadCpuTimes() {
  return ParseCpuTimes(FirstLine("/proc/stat"));
}

std::optional<double> UtilizationPercent(const CpuTimes& before,
                                         const CpuTimes& after) {
  const int64_t total = after.total - before.total;
  if (total <= 0) return std::nullopt;
  // Idle time may step back a little.
  const int64_t busy = std::clamp(after.busy - before.busy, int64_t{0}, total);
  return static_cast<double>(busy) * 100 / static_cast<double>(total);
}

std::optional<double> ReadCpuTemperature(const std::filesystem::path& system) {
  const auto monitored =
      Hottest(system / "class/hwmon", "name", kMonitors, "temp", "_input");
  if (monitored) return monitored;
  return Hottest(system / "class/thermal", "type", kZones, "temp", "temp");
}

}  // namespace hwledger
