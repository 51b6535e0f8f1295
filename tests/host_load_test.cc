#include "core/host_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

void Write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text << "\n";
}

TEST(ParseCpuTimesTest, CountsAllButIdleAndWaitingAsBusy) {
  // The guests' 9 and 10 are part of the first two.
  EXPECT_EQ(ParseCpuTimes("cpu  1 2 3 40 50 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1"),
            (CpuTimes{.busy = 27, .total = 117}));
}

TEST(ParseCpuTimesTest, TakesNothingElseForTimes) {
  EXPECT_EQ(ParseCpuTimes(""), std::nullopt);
  EXPECT_EQ(ParseCpuTimes("cpu 1 2 3"), std::nullopt);
  EXPECT_EQ(ParseCpuTimes("cpu 1 2 3 4 x 6 7 8"), std::nullopt);
  EXPECT_EQ(ParseCpuTimes("cpu0 1 2 3 4 5 6 7 8"), std::nullopt);
}

TEST(UtilizationPercentTest, IsTheBusyPartOfWhatPassed) {
  EXPECT_EQ(UtilizationPercent({.busy = 10, .total = 100},
                               {.busy = 40, .total = 200}),
            30);
  EXPECT_EQ(
      UtilizationPercent({.busy = 10, .total = 100}, {.busy = 9, .total = 200}),
      0);
  EXPECT_EQ(UtilizationPercent({.busy = 10, .total = 100},
                               {.busy = 10, .total = 100}),
            std::nullopt);
}

TEST(ReadCpuTimesTest, ReadsThisMachine) {
  const auto times = ReadCpuTimes();

  ASSERT_TRUE(times.has_value());
  EXPECT_GT(times->busy, 0);
  EXPECT_GE(times->total, times->busy);
}

TEST(ReadCpuTemperatureTest, IsThatOfTheHottestSensorOfAProcessor) {
  const TemporaryFolder folder;
  const std::filesystem::path system = folder.path();
  Write(system / "class/hwmon/hwmon0/name", "nvme");
  Write(system / "class/hwmon/hwmon0/temp1_input", "90000");
  Write(system / "class/hwmon/hwmon1/name", "coretemp");
  Write(system / "class/hwmon/hwmon1/temp1_input", "41000");
  Write(system / "class/hwmon/hwmon1/temp2_input", "43500");
  Write(system / "class/hwmon/hwmon1/temp2_max", "100000");

  EXPECT_EQ(ReadCpuTemperature(system), 43.5);
}

TEST(ReadCpuTemperatureTest, IsThatOfAThermalZoneWhereThereIsNoMonitor) {
  const TemporaryFolder folder;
  const std::filesystem::path system = folder.path();
  Write(system / "class/thermal/thermal_zone0/type", "battery");
  Write(system / "class/thermal/thermal_zone0/temp", "30000");
  Write(system / "class/thermal/thermal_zone1/type", "cpu-thermal");
  Write(system / "class/thermal/thermal_zone1/temp", "55000");

  EXPECT_EQ(ReadCpuTemperature(system), 55);
}

TEST(ReadCpuTemperatureTest, IsAbsentWhereNoSensorIsTheProcessors) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadCpuTemperature(folder.path()), std::nullopt);

  Write(std::filesystem::path(folder.path()) / "class/hwmon/hwmon0/name",
        "k10temp");
  EXPECT_EQ(ReadCpuTemperature(folder.path()), std::nullopt);
}

}  // namespace
}  // namespace hwledger
