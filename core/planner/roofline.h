#pragma once

#include <optional>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/planner/planner.h"

namespace hwledger {

// Operations on matrices; a multiplication and an addition are two.
struct Flops {
  double unquantized = 0;
  double quantized = 0;

  double total() const { return unquantized + quantized; }
  Flops& operator+=(const Flops& other) {
    unquantized += other.unquantized;
    quantized += other.quantized;
    return *this;
  }
};

// What one device reads and computes in a pass, and its rates.
struct DeviceWork {
  std::optional<Bytes> bandwidth_per_second;
  std::optional<double> flops_per_second;
  std::optional<double> quantized_flops_per_second;
  Bytes read;
  Flops flops;
};

struct PassTime {
  double seconds = 0;
  // Of the devices that take most of it.
  BindingTerm binding_term = BindingTerm::kMemoryBandwidth;
};

// The least time that a pass takes:
//   Σ over devices max(read / bandwidth, flops / flops per second)
// A device reads while it computes (Williams et al., Roofline: An Insightful
// Visual Performance Model for Multicore Architectures, CACM 52(4), 2009), and
// devices work one after another, as layers do. A compute rate that is not
// known is taken for no limit.
//
// Nothing where the bandwidth of a device that reads is not known, or there is
// nothing to do.
std::optional<PassTime> LeastTime(absl::Span<const DeviceWork> devices);

}  // namespace hwledger
