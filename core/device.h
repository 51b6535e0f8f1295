#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace hwledger {

enum class DeviceKind { kCpu, kGpu, kIntegratedGpu, kAccelerator };

// Whether the rates of a device are measured when it is asked for, which takes
// a fraction of a second.
enum class DeviceRates { kMeasured, kNotAsked };

// Something that holds and computes layers, as it was when it was asked. What
// is not known is absent.
struct Device {
  std::string name;         // Unique on a machine: "CPU", "CUDA0".
  std::string description;  // The maker's name; may be empty.
  DeviceKind kind = DeviceKind::kCpu;
  std::optional<Bytes> total;
  // What a model may use now.
  std::optional<Bytes> free;
  std::optional<Bytes> bandwidth_per_second;
  // Operations on dense matrices of 16 bits; a multiplication and an addition
  // are two.
  std::optional<double> flops_per_second;
  // The same with matrices of quantized weights, which a CPU multiplies as
  // integers. Absent: as those of 16 bits.
  std::optional<double> quantized_flops_per_second;
  // It has no memory of its own: what it holds is taken from the host's.
  bool unified_memory = false;
  // Large batches go through layers and experts of the host here, with copies
  // of their weights (ggml: offload_op).
  bool computes_for_host = false;
  // Of a CPU: cores that this process may use.
  std::optional<int64_t> core_count;

  friend bool operator==(const Device&, const Device&) = default;
};

inline bool IsGpu(const Device& device) {
  return device.kind == DeviceKind::kGpu ||
         device.kind == DeviceKind::kIntegratedGpu;
}

// Whether the engine's device of this name computes for the host. Those of
// other machines (ggml-rpc) do not; Apple's, which have the host's memory, do
// so with less (ggml-metal).
bool ComputesForHost(DeviceKind kind, std::string_view name);

}  // namespace hwledger
