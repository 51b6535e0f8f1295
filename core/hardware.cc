#include "core/hardware.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/planner/stated_rates.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// A GPU's free memory changes with what runs on it; the CPU's is not asked for.
constexpr absl::Duration kGpuAnswerAge = absl::Seconds(2);
constexpr absl::Duration kWatchedGpuAnswerAge = absl::Seconds(10);

// An engine that did not answer will hardly do so at once.
constexpr absl::Duration kRetryAge = absl::Seconds(10);

// A slider asks a thousand times a second, and reading takes a dozen files.
constexpr absl::Duration kHostMemoryAge = absl::Milliseconds(50);

bool IsCpu(const Device& device) { return device.kind == DeviceKind::kCpu; }

bool HasOnlyCpus(const std::vector<Device>& devices) {
  return std::all_of(devices.begin(), devices.end(), IsCpu);
}

// Puts the CPU first, and in what only this process can say about it.
std::vector<Device> WithHost(std::vector<Device> devices,
                             const std::optional<HostMemory>& memory) {
  auto cpu = std::find_if(devices.begin(), devices.end(), IsCpu);
  if (cpu == devices.end()) {
    devices.insert(devices.begin(), {.name = "CPU"});
  } else {
    std::rotate(devices.begin(), cpu, cpu + 1);
  }
  Device& host = devices.front();
  host.total.reset();
  host.free.reset();
  if (memory) {
    host.total = memory->total;
    host.free = memory->free;
  }
  host.core_count = Hardware::core_count();
  return devices;
}

bool Holds(const Device& device, const Reservation& reservation) {
  return reservation.gpu.empty() ? IsCpu(device)
                                 : device.name == reservation.gpu;
}

// `asked_at`: when the GPUs told what they have free.
void Subtract(const std::vector<Reservation>& reservations, absl::Time asked_at,
              std::vector<Device>& devices) {
  for (Device& device : devices) {
    for (const Reservation& reservation : reservations) {
      if (!device.free || !Holds(device, reservation)) continue;
      if (!IsCpu(device) && reservation.shows_at < asked_at) continue;
      device.free = std::max(Bytes(), *device.free - reservation.memory);
    }
  }
}

// Rates do not change, but were measured at the first time only.
void KeepRates(const std::vector<Device>& before, std::vector<Device>& now) {
  for (Device& device : now) {
    const auto known = std::find_if(
        before.begin(), before.end(),
        [&](const Device& other) { return other.name == device.name; });
    if (known == before.end()) continue;
    device.bandwidth_per_second = known->bandwidth_per_second;
    device.flops_per_second = known->flops_per_second;
    device.quantized_flops_per_second = known->quantized_flops_per_second;
  }
}

}  // namespace

Hardware::Hardware(AskEngine ask_engine, std::function<absl::Time()> now)
    : ask_engine_(std::move(ask_engine)), now_(std::move(now)) {}

// As when it was first asked: to count them takes the kernel as long as half of
// a plan, and they hardly change.
int64_t Hardware::core_count() {
  static const int64_t count =
      std::max<int64_t>(1, std::thread::hardware_concurrency());
  return count;
}

void Hardware::SetReservations(Reservations reservations) {
  MutexLock lock(mutex_);
  reservations_ = std::move(reservations);
}

void Hardware::ForgetFreeMemory() {
  MutexLock lock(mutex_);
  known_.asked_at = absl::InfinitePast();
  host_.read_at = absl::InfinitePast();
}

std::vector<Device> Hardware::Snapshot() {
  return SnapshotOf(Devices(kGpuAnswerAge));
}

std::vector<Device> Hardware::Watched() {
  return SnapshotOf(Devices(kWatchedGpuAnswerAge));
}

std::vector<Device> Hardware::SnapshotOf(Known known) {
  std::vector<Device> devices = WithHost(std::move(known.devices), Memory());
  Subtract(Reserved(), known.asked_at, devices);
  return devices;
}

std::vector<Reservation> Hardware::Reserved() {
  Reservations reservations;
  {
    MutexLock lock(mutex_);
    reservations = reservations_;
  }
  return reservations ? reservations() : std::vector<Reservation>();
}

Hardware::Known Hardware::Devices(absl::Duration gpu_age_max) {
  Known known;
  {
    MutexLock lock(mutex_);
    known = known_;
  }
  const absl::Duration age = now_() - known.asked_at;
  const bool is_fresh = known.answered
                            ? HasOnlyCpus(known.devices) || age < gpu_age_max
                            : age < kRetryAge;
  if (is_fresh) return known;
  absl::StatusOr<std::vector<Device>> asked = ask_engine_(
      known.devices.empty() ? DeviceRates::kMeasured : DeviceRates::kNotAsked);
  known.answered = asked.ok();
  known.asked_at = now_();
  if (asked.ok()) {
    KeepRates(known.devices, *asked);
    AddStatedRates(*asked);
    known.devices = *std::move(asked);
  } else {
    spdlog::warn("devices of the engine unknown: {}", asked.status().message());
  }
  MutexLock lock(mutex_);
  known_ = known;
  return known;
}

std::optional<HostMemory> Hardware::Memory() {
  const absl::Time now = now_();
  {
    MutexLock lock(mutex_);
    if (now - host_.read_at < kHostMemoryAge) return host_.memory;
  }
  const std::optional<HostMemory> memory = ReadHostMemory();
  MutexLock lock(mutex_);
  host_ = {.memory = memory, .read_at = now};
  return memory;
}

}  // namespace hwledger
