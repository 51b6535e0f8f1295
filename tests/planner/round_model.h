#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/planner/planner.h"
#include "tests/status_matchers.h"

// A model and devices of round sizes, and the plan of the one on the others.
namespace hwledger {

inline constexpr int64_t kLayerCount = 4;

// Small and round: a layer weighs 100 MiB and caches 4 KiB per token.
inline ModelShape Model() {
  const Layer layer = {.weights = MiB(100),
                       .active_weights = MiB(100),
                       .key_elements = 1024,
                       .value_elements = 1024,
                       .widths = {.query_heads = 8,
                                  .query = 1024,
                                  .output = 1024,
                                  .feed_forward = 4096,
                                  .is_gated = true}};
  return {.layers = std::vector<Layer>(kLayerCount, layer),
          .input_weights = MiB(10),
          .output_weights = MiB(20),
          .embedding_weights = MiB(10),
          .embedding_elements = 1024,
          .vocabulary_size = 1000,
          .context_tokens_max = 32768};
}

inline const Device kHost = {.name = "CPU",
                             .total = GiB(64),
                             .free = GiB(64),
                             .bandwidth_per_second = GiB(50)};
inline const Device kGpu = {.name = "GPU0",
                            .kind = DeviceKind::kGpu,
                            .total = GiB(8),
                            .free = GiB(8),
                            .bandwidth_per_second = GiB(500)};

inline MemoryPlan Plan(const ModelShape& model, const EngineOptions& options,
                       const std::vector<Device>& devices) {
  absl::StatusOr<MemoryPlan> plan = PlanMemory(model, options, devices);
  EXPECT_THAT(plan, IsOk());
  return plan.ok() ? *std::move(plan) : MemoryPlan{};
}

}  // namespace hwledger
