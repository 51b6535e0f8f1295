#include "core/planner/verdict.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

// The worst last. One unknown device leaves the plan unknown, unless another
// device is full already.
int Badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return 0;
    case Verdict::kTight:
      return 1;
    case Verdict::kUnknown:
      return 2;
    case Verdict::kDoesNotFit:
      return 3;
  }
  return 2;
}

// What devices without memory of their own hold.
Bytes TakenFromHost(const MemoryPlan& plan) {
  Bytes taken;
  for (const DevicePlan& device : plan.devices) {
    if (device.device.unified_memory) taken += device.total();
  }
  return taken;
}

}  // namespace

Verdict VerdictOf(Bytes needed, const Device& device) {
  if (!device.free) return Verdict::kUnknown;
  const Bytes free = *device.free;
  if (needed > free) return Verdict::kDoesNotFit;
  return free - needed >= Bytes(free.count() / 10) ? Verdict::kFits
                                                   : Verdict::kTight;
}

void SetVerdicts(MemoryPlan& plan) {
  const Bytes taken_from_host = TakenFromHost(plan);
  plan.verdict = Verdict::kFits;
  for (DevicePlan& device : plan.devices) {
    const bool is_host = &device == &plan.devices.front();
    device.verdict = VerdictOf(
        device.total() + (is_host ? taken_from_host : Bytes()), device.device);
    if (device.total() == Bytes()) continue;
    plan.verdict =
        std::max(plan.verdict, device.verdict,
                 [](Verdict a, Verdict b) { return Badness(a) < Badness(b); });
  }
}

std::optional<std::string> SharedMemoryShortage(const MemoryPlan& plan) {
  const DevicePlan& host = plan.devices.front();
  const Bytes taken = TakenFromHost(plan);
  if (host.device.kind != DeviceKind::kCpu ||
      host.verdict != Verdict::kDoesNotFit || taken == Bytes() ||
      VerdictOf(host.total(), host.device) == Verdict::kDoesNotFit) {
    return std::nullopt;
  }
  return absl::StrFormat(
      "The GPU's memory is the CPU's: together they need %d MiB and have %d "
      "MiB free.",
      (host.total() + taken).mebibytes(), host.device.free->mebibytes());
}

}  // namespace hwledger
