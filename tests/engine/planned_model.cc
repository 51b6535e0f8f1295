#include "tests/engine/planned_model.h"

#include <gtest/gtest.h>

#include "absl/algorithm/container.h"
#include "core/engine/dry_run.h"
#include "core/model/catalogue.h"
#include "core/planner/planner.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

// The analytic plan's bar for the compute buffer; all else is exact.
constexpr double kComputeTolerance = 0.05;

// What libllama's answer leaves out holds nothing.
DeviceUse UseOf(const Device& device, const std::vector<DeviceUse>& uses) {
  const auto use = absl::c_find_if(uses, [&](const DeviceUse& candidate) {
    return candidate.name == device.name;
  });
  return use == uses.end() ? DeviceUse{.name = device.name} : *use;
}

void ExpectNearBuffer(Bytes planned, Bytes used) {
  if (used == Bytes()) {
    EXPECT_EQ(planned, used);
    return;
  }
  EXPECT_NEAR(
      static_cast<double>(planned.count()) / static_cast<double>(used.count()),
      1, kComputeTolerance);
}

}  // namespace

PlannedModel::PlannedModel(const std::string& name)
    : path_(folder_ / "model.gguf") {
  const auto entry = FindInCatalogue(name);
  EXPECT_THAT(entry, IsOk());
  const GgufHeader header = HeaderOf(**entry);
  WriteGguf(header, path_);
  const absl::StatusOr<ModelShape> shape = ShapeOf(header);
  EXPECT_THAT(shape, IsOk());
  shape_ = *shape;
}

void PlannedModel::ExpectAgreement(const EngineOptions& options,
                                   const std::vector<Device>& devices,
                                   ComputeBuffers buffers) const {
  SCOPED_TRACE(testing::Message()
               << options.gpu_layers << " layers, " << options.cpu_moe_layers
               << " without experts, " << options.slot_count << " slots, "
               << "micro-batch " << options.micro_batch_size
               << (options.flash_attention == FlashAttention::kOff
                       ? ", no flash attention"
                       : ""));
  const auto plan = PlanMemory(shape_, options, devices);
  const auto uses = DryRun(path_, options);
  ASSERT_THAT(plan, IsOk());
  ASSERT_THAT(uses, IsOk());
  for (const DevicePlan& planned : plan->devices) {
    SCOPED_TRACE(planned.device.name);
    const DeviceUse use = UseOf(planned.device, *uses);
    EXPECT_EQ(planned.weights.count(), use.weights.count());
    EXPECT_EQ(planned.kv_cache.count(), use.kv_cache.count());
    if (buffers == ComputeBuffers::kCompared) {
      ExpectNearBuffer(planned.compute_buffer, use.compute_buffer);
    }
  }
}

std::vector<EngineOptions> LayerSettings(int64_t gpu_layers) {
  std::vector<EngineOptions> settings;
  for (const int64_t slots : {1, 4}) {
    for (const FlashAttention flash_attention :
         {FlashAttention::kOn, FlashAttention::kOff}) {
      settings.push_back({.sequence_length = 8192,
                          .slot_count = slots,
                          .flash_attention = flash_attention,
                          .gpu_layers = gpu_layers,
                          .kv_unified = slots == 1});
    }
  }
  return settings;
}

std::string LettersOf(std::string name) {
  std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
  return name;
}

}  // namespace hwledger
