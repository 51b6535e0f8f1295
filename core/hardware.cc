#include "core/hardware.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "core/host_memory.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// A GPU's free memory changes with what runs on it; the CPU's is not asked for.
constexpr absl::Duration kGpuAnswerAge = absl::Seconds(2);

bool IsCpu(const Device& device) { return device.kind == DeviceKind::kCpu; }

// Puts the CPU first, and in what only this process can say about it.
std::vector<Device> WithHost(std::vector<Device> devices) {
  auto cpu = std::find_if(devices.begin(), devices.end(), IsCpu);
  if (cpu == devices.end()) {
    devices.insert(devices.begin(), {.name = "CPU"});
  } else {
    std::rotate(devices.begin(), cpu, cpu + 1);
  }
  Device& host = devices.front();
  host.total.reset();
  host.free.reset();
  if (const auto memory = ReadHostMemory()) {
    host.total = memory->total;
    host.free = memory->free;
  }
  host.core_count = std::max<int64_t>(1, std::thread::hardware_concurrency());
  return devices;
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

std::vector<Device> Hardware::Snapshot() {
  std::vector<Device> known;
  {
    MutexLock lock(mutex_);
    known = known_;
    const bool has_others = !std::all_of(known.begin(), known.end(), IsCpu);
    const bool fresh =
        !known.empty() && (!has_others || now_() - asked_at_ < kGpuAnswerAge);
    if (fresh) return WithHost(std::move(known));
  }
  absl::StatusOr<std::vector<Device>> asked = ask_engine_(
      known.empty() ? DeviceRates::kMeasured : DeviceRates::kNotAsked);
  if (!asked.ok()) {
    spdlog::warn("devices of the engine unknown: {}", asked.status().message());
    return WithHost(std::move(known));
  }
  KeepRates(known, *asked);
  MutexLock lock(mutex_);
  known_ = *asked;
  asked_at_ = now_();
  return WithHost(*std::move(asked));
}

}  // namespace hwledger
