#include "core/ledger/rate_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

class KeepBestRatesTest : public testing::Test {
 protected:
  // What a daemon that starts then shows of `device`.
  Device Kept(const Device& device, int64_t core_count = 2) {
    const auto ledger = Ledger::Open(folder_ / "ledger.db");
    std::vector<Device> devices = {device};
    EXPECT_THAT((*ledger)->KeepBestRates(core_count, devices), IsOk());
    return devices.front();
  }

  const TemporaryFolder folder_;
  const Device quiet_ = {.name = "CPU",
                         .description = "Some CPU",
                         .bandwidth_per_second = GiB(20),
                         .flops_per_second = 2e11};
};

TEST_F(KeepBestRatesTest, GivesABusyMachineWhatItShowedWhenItWasQuiet) {
  EXPECT_EQ(Kept(quiet_), quiet_);
  Device busy = quiet_;
  busy.bandwidth_per_second = GiB(1);
  busy.flops_per_second = 1e10;

  EXPECT_EQ(Kept(busy), quiet_);
}

TEST_F(KeepBestRatesTest, TakesOverEachRateThatIsBetter) {
  Kept(quiet_);
  Device now = quiet_;
  now.bandwidth_per_second = GiB(21);
  now.flops_per_second = 1e11;

  const Device kept = Kept(now);

  EXPECT_EQ(kept.bandwidth_per_second, GiB(21));
  EXPECT_EQ(kept.flops_per_second, 2e11);
}

TEST_F(KeepBestRatesTest, KnowsARateThatIsNotMeasuredAnyMore) {
  Kept(quiet_);
  Device unmeasured = quiet_;
  unmeasured.bandwidth_per_second.reset();
  unmeasured.flops_per_second.reset();

  EXPECT_EQ(Kept(unmeasured), quiet_);
  EXPECT_EQ(Kept(unmeasured).quantized_flops_per_second, std::nullopt);
}

TEST_F(KeepBestRatesTest, TellsDevicesAndNumbersOfCoresApart) {
  Kept(quiet_);
  Device other = quiet_;
  other.description = "Another CPU";
  other.bandwidth_per_second = GiB(2);
  Device fewer = quiet_;
  fewer.bandwidth_per_second = GiB(3);

  EXPECT_EQ(Kept(other).bandwidth_per_second, GiB(2));
  EXPECT_EQ(Kept(fewer, 1).bandwidth_per_second, GiB(3));
}

}  // namespace
}  // namespace hwledger
