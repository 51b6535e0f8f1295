#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/generation_outcome.h"
#include "core/planner/planner.h"

namespace hwledger {

// What runs, as far as it decides how near a rate comes to what the devices
// allow.
struct RateClass {
  std::string model_digest;  // Empty: not known.
  std::string architecture;
  std::string quantization;
  // The rest must be the same.
  std::string placement;  // PlacementOf.
  std::string kv_cache_type_k;
  std::string kv_cache_type_v;
  FlashAttention flash_attention = FlashAttention::kAuto;
};

// Names of the devices that compute layers, in the plan's order.
std::string PlacementOf(const std::vector<DevicePlan>& shares);

RateClass RateClassOf(const std::string& model_digest,
                      const std::string& architecture,
                      const std::string& quantization,
                      const EngineOptions& options,
                      const std::vector<DevicePlan>& shares);

// One generation, measured: its rates, of what the devices were thought to
// allow just then. Absent: it was too short to tell.
struct RateSample {
  RateClass rate_class;
  std::optional<double> decode_ratio;
  std::optional<double> prefill_ratio;
};

// `outcome` is of a generation that ended well and was alone; `bound` and
// `options` are those that its model was loaded with.
RateSample SampleOf(RateClass rate_class, const GenerationOutcome& outcome,
                    const Throughput& bound, const EngineOptions& options);

// The process of a model, measured: what it had resident beyond what its
// engine accounted for in main memory.
struct OverheadSample {
  std::string model_digest;
  Bytes overhead;
};

// What was measured on this machine of a class.
struct Calibration {
  int64_t decode_count = 0;  // Generations.
  double decode_ratio = 1;   // Their median: measured / bound.
  int64_t prefill_count = 0;
  double prefill_ratio = 1;
  // Median of the loads of just this model.
  int64_t overhead_count = 0;
  Bytes overhead;

  bool empty() const {
    return decode_count == 0 && prefill_count == 0 && overhead_count == 0;
  }
};

// A ledger's measurements, ready to be looked up within a microsecond.
class Measurements {
 public:
  Measurements() = default;
  Measurements(const std::vector<RateSample>& rates,
               const std::vector<OverheadSample>& overheads);

  bool empty() const { return by_class_.empty() && overhead_by_model_.empty(); }
  // Of the model itself; where its rates were not measured, of models of its
  // architecture and quantization.
  Calibration Find(const RateClass& rate_class) const;

 private:
  std::map<std::string, Calibration, std::less<>> by_class_;
  std::map<std::string, Calibration, std::less<>> overhead_by_model_;
};

// The rates to expect where `bound` is what the devices allow at best: each
// range times its ratio. The rate of all sequences takes the ratio of one, as
// both are passes through the same layers. Memory is not calibrated: weights
// and caches are exact.
Throughput Calibrated(const Throughput& bound, const Calibration& calibration);

}  // namespace hwledger
