#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace hwledger {

// What the processors have done since the machine started, in ticks of the
// system's.
struct CpuTimes {
  int64_t busy = 0;
  int64_t total = 0;

  friend bool operator==(const CpuTimes&, const CpuTimes&) = default;
};

// Of all of the machine's. Absent where the system does not say.
std::optional<CpuTimes> ReadCpuTimes();

// The same from the text of /proc/stat.
std::optional<CpuTimes> ParseCpuTimes(std::string_view stat);

// How busy they were from one moment to a later one, 0 to 100. Absent where no
// tick passed.
std::optional<double> UtilizationPercent(const CpuTimes& before,
                                         const CpuTimes& after);

// Degrees Celsius of the processor, the hottest where there are several. Absent
// where no sensor is known to be the processor's. `system` stands for /sys.
std::optional<double> ReadCpuTemperature(
    const std::filesystem::path& system = "/sys");

}  // namespace hwledger
