#include "tests/engine/planned_model.h"

#include <gtest/gtest.h>

#include "absl/algorithm/container.h"
#include "core/engine/host_experts.h"
#include "core/engine/llama_params.h"
#include "core/engine/memory_breakdown.h"
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
  header_ = HeaderOf(**entry);
  WriteGguf(header_, path_);
  const absl::StatusOr<ModelShape> shape = ShapeOf(header_);
  EXPECT_THAT(shape, IsOk());
  shape_ = *shape;
}

std::optional<std::vector<DeviceUse>> PlannedModel::Uses(
    const EngineOptions& options) {
  if (outline_ == nullptr ||
      options.gpu_layers != outline_options_.gpu_layers ||
      options.cpu_moe_layers != outline_options_.cpu_moe_layers) {
    const HostExperts host_experts(options);
    llama_model_params params = ModelParams(options, host_experts, header_);
    params.no_alloc = true;
    params.load_mode = LLAMA_LOAD_MODE_NONE;
    outline_.reset(llama_model_load_from_file(path_.c_str(), params));
    outline_options_ = options;
  }
  EXPECT_NE(outline_, nullptr);
  const llama_context_ptr context(
      llama_init_from_model(outline_.get(), ContextParams(options)));
  if (context == nullptr) return std::nullopt;
  return MemoryBreakdown(context.get());
}

void PlannedModel::ExpectAgreement(const EngineOptions& options,
                                   const std::vector<Device>& devices) {
  SCOPED_TRACE(testing::Message()
               << options.gpu_layers << " layers, " << options.cpu_moe_layers
               << " without experts, " << options.slot_count << " slots"
               << (options.kv_unified ? "" : " apart") << ", micro-batch "
               << options.micro_batch_size << ", " << options.kv_cache_type_k
               << (options.flash_attention == FlashAttention::kOff
                       ? ", no flash attention"
                       : ""));
  const auto plan = PlanMemory(shape_, options, devices);
  const auto uses = Uses(options);
  ASSERT_EQ(plan.ok(), uses.has_value()) << plan.status();
  // Both refuse a cache in blocks that do not divide a head, and nothing else.
  ASSERT_TRUE(plan.ok() || options.kv_cache_type_k == "q8_0") << plan.status();
  if (!plan.ok()) return;
  for (const DevicePlan& planned : plan->devices) {
    SCOPED_TRACE(planned.device.name);
    const DeviceUse use = UseOf(planned.device, *uses);
    EXPECT_EQ(planned.weights.count(), use.weights.count());
    EXPECT_EQ(planned.kv_cache.count(), use.kv_cache.count());
    ExpectNearBuffer(planned.compute_buffer, use.compute_buffer);
  }
}

std::vector<EngineOptions> LayerSettings(int64_t gpu_layers) {
  const EngineOptions usual = {.sequence_length = 8192,
                               .flash_attention = FlashAttention::kOn,
                               .gpu_layers = gpu_layers};
  std::vector<EngineOptions> settings;
  const auto add = [&](auto change) {
    settings.push_back(usual);
    change(settings.back());
  };
  add([](EngineOptions&) {});
  add([](EngineOptions& options) {
    options.flash_attention = FlashAttention::kOff;
  });
  add([](EngineOptions& options) { options.slot_count = 4; });
  add([](EngineOptions& options) {
    options.slot_count = 4;
    options.kv_unified = false;
  });
  add([](EngineOptions& options) {
    options.slot_count = 4;
    options.kv_unified = false;
    options.flash_attention = FlashAttention::kOff;
  });
  add([](EngineOptions& options) { options.micro_batch_size = 64; });
  add([](EngineOptions& options) { options.micro_batch_size = 2048; });
  for (const char* type : {"q8_0", "f32"}) {
    add([type](EngineOptions& options) {
      options.kv_cache_type_k = type;
      options.kv_cache_type_v = type;
    });
  }
  return settings;
}

std::string LettersOf(std::string name) {
  std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
  return name;
}

}  // namespace hwledger
