#include "core/hardware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::SizeIs;

constexpr Bytes kBandwidth = GiB(20);

// An engine that knows these devices and counts how often it is asked.
struct FakeEngine {
  absl::StatusOr<std::vector<Device>> devices;
  std::vector<DeviceRates> asked = {};

  Hardware::AskEngine Ask() {
    return [this](DeviceRates rates) {
      asked.push_back(rates);
      return devices;
    };
  }
};

TEST(HardwareTest, PutsTheCpuFirstWithItsMemoryAndCores) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(20)},
      {.name = "CPU", .bandwidth_per_second = kBandwidth}}};
  Hardware hardware(engine.Ask());

  const std::vector<Device> devices = hardware.Snapshot();

  ASSERT_THAT(devices, ElementsAre(Field(&Device::name, "CPU"),
                                   Field(&Device::name, "CUDA0")));
  EXPECT_EQ(devices[0].bandwidth_per_second, kBandwidth);
  EXPECT_GT(devices[0].free, Bytes());
  EXPECT_GE(devices[0].core_count, 1);
}

TEST(HardwareTest, CountsWhatIsReservedAsTaken) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CPU"},
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(20)},
      {.name = "CUDA1", .kind = DeviceKind::kGpu, .free = GiB(20)}}};
  // Main memory is read once.
  Hardware hardware(engine.Ask(), [] { return absl::UnixEpoch(); });
  const Bytes host_free = *hardware.Snapshot()[0].free;

  hardware.SetReservations([] {
    return std::vector<Reservation>{{.memory = MiB(1)},
                                    {.gpu = "CUDA1", .memory = GiB(3)},
                                    {.gpu = "CUDA1", .memory = GiB(4)}};
  });

  const std::vector<Device> devices = hardware.Snapshot();
  EXPECT_EQ(devices[0].free, host_free - MiB(1));
  EXPECT_EQ(devices[1].free, GiB(20));
  EXPECT_EQ(devices[2].free, GiB(13));
}

TEST(HardwareTest, AsksAgainOnceWhatIsFreeIsOutOfDate) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CPU"},
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(1)}}};
  Hardware hardware(engine.Ask(), [] { return absl::UnixEpoch(); });
  hardware.Snapshot();
  engine.devices->at(1).free = GiB(20);
  EXPECT_EQ(hardware.Snapshot()[1].free, GiB(1));

  hardware.ForgetFreeMemory();

  EXPECT_EQ(hardware.Snapshot()[1].free, GiB(20));
  EXPECT_THAT(engine.asked,
              ElementsAre(DeviceRates::kMeasured, DeviceRates::kNotAsked));
}

TEST(HardwareTest, HasNothingFreeWhereMoreIsReserved) {
  FakeEngine engine = {std::vector<Device>{{.name = "CPU"}}};
  Hardware hardware(engine.Ask());

  hardware.SetReservations(
      [] { return std::vector<Reservation>{{.memory = GiB(1 << 20)}}; });

  EXPECT_EQ(hardware.Snapshot()[0].free, Bytes());
}

// The GPU's own figure is up to two seconds old.
TEST(HardwareTest, ReservesOnAGpuUntilItsOwnFigureIsNewer) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(20)}}};
  absl::Time now = absl::UnixEpoch();
  Hardware hardware(engine.Ask(), [&] { return now; });
  hardware.Snapshot();
  hardware.SetReservations([] {
    return std::vector<Reservation>{
        {.gpu = "CUDA0",
         .memory = GiB(4),
         .shows_at = absl::UnixEpoch() + absl::Seconds(1)}};
  });

  EXPECT_EQ(hardware.Snapshot()[1].free, GiB(16));

  now += absl::Seconds(10);
  EXPECT_EQ(hardware.Snapshot()[1].free, GiB(20));
}

TEST(HardwareTest, StillKnowsTheCpuWhenTheEngineDoesNotAnswer) {
  FakeEngine engine = {absl::InternalError("died")};
  Hardware hardware(engine.Ask());

  const std::vector<Device> devices = hardware.Snapshot();

  ASSERT_THAT(devices, SizeIs(1));
  EXPECT_EQ(devices[0].kind, DeviceKind::kCpu);
  EXPECT_GT(devices[0].free, Bytes());
}

TEST(HardwareTest, AsksTheEngineOnceWhereThereIsNoGpu) {
  FakeEngine engine = {std::vector<Device>{{.name = "CPU"}}};
  Hardware hardware(engine.Ask());

  hardware.Snapshot();
  hardware.Snapshot();

  EXPECT_THAT(engine.asked, SizeIs(1));
}

TEST(HardwareTest, AsksTheEngineLessOftenForSomeoneWhoWatches) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CUDA0", .kind = DeviceKind::kGpu, .free = GiB(20)}}};
  absl::Time now = absl::UnixEpoch();
  Hardware hardware(engine.Ask(), [&now] { return now; });

  for (int second = 0; second < 20; ++second, now += absl::Seconds(1)) {
    EXPECT_EQ(hardware.Watched()[1].name, "CUDA0");
  }

  EXPECT_THAT(engine.asked, SizeIs(2));
}

TEST(HardwareTest, MeasuresRatesOnceAndKeepsThem) {
  FakeEngine engine = {std::vector<Device>{
      {.name = "CPU",
       .bandwidth_per_second = kBandwidth,
       .flops_per_second = 1e11},
      {.name = "GPU0", .kind = DeviceKind::kGpu, .free = GiB(20)}}};
  absl::Time now = absl::UnixEpoch();
  Hardware hardware(engine.Ask(), [&now] { return now; });
  hardware.Snapshot();

  // What the GPU has free is asked for again; nothing is measured this time.
  now += absl::Seconds(10);
  engine.devices = std::vector<Device>{
      {.name = "CPU"},
      {.name = "GPU0", .kind = DeviceKind::kGpu, .free = GiB(5)}};
  const std::vector<Device> devices = hardware.Snapshot();

  EXPECT_THAT(engine.asked,
              ElementsAre(DeviceRates::kMeasured, DeviceRates::kNotAsked));
  EXPECT_EQ(devices[0].bandwidth_per_second, kBandwidth);
  EXPECT_EQ(devices[0].flops_per_second, 1e11);
  EXPECT_EQ(devices[1].free, GiB(5));
}

TEST(HardwareTest, MeasuresRatesWhenAnEngineAnswersAtLast) {
  FakeEngine engine = {absl::InternalError("died")};
  absl::Time now = absl::UnixEpoch();
  Hardware hardware(engine.Ask(), [&now] { return now; });
  hardware.Snapshot();
  now += absl::Seconds(11);
  hardware.Snapshot();

  EXPECT_THAT(engine.asked,
              ElementsAre(DeviceRates::kMeasured, DeviceRates::kMeasured));
}

TEST(HardwareTest, AsksAnEngineThatDoesNotAnswerOnlyNowAndThen) {
  FakeEngine engine = {absl::InternalError("died")};
  absl::Time now = absl::UnixEpoch();
  Hardware hardware(engine.Ask(), [&now] { return now; });

  for (int second = 0; second < 9; ++second, now += absl::Seconds(1)) {
    hardware.Snapshot();
  }

  EXPECT_THAT(engine.asked, SizeIs(1));
}

}  // namespace
}  // namespace hwledger
