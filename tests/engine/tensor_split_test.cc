#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "core/engine/dry_run.h"
#include "core/engine/host_experts.h"
#include "core/engine/llama_params.h"
#include "core/engine/memory_breakdown.h"
#include "core/model/catalogue.h"
#include "core/model/hf_header.h"
#include "core/planner/planner.h"
#include "llama-cpp.h"
#include "nlohmann/json.hpp"
#include "tests/engine/planned_model.h"
#include "tests/engine/rpc_gpu.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

// A model of the catalogue, made as it is, but small enough to be really
// loaded: five layers, which two devices share unevenly, as they do the
// feed-forward part and the vocabulary.
struct SmallModel {
  std::string name;  // Of that of the catalogue.
  int64_t head_count = 8;
  int64_t key_value_head_count = 2;
};

std::string TestName(const testing::TestParamInfo<SmallModel>& model) {
  return LettersOf(model.param.name) +
         std::to_string(model.param.key_value_head_count);
}

GgufHeader HeaderOfSmall(const SmallModel& model) {
  const auto entry = FindInCatalogue(model.name);
  EXPECT_THAT(entry, IsOk());
  nlohmann::json config = nlohmann::json::parse(
      (*entry)->config_json, /*cb=*/nullptr, /*allow_exceptions=*/false);
  const auto set = [&config](const char* key, int64_t value) {
    if (config.contains(key)) config[key] = value;
  };
  constexpr int64_t layer_count = 5;
  constexpr int64_t head = 64;
  set("hidden_size", model.head_count * head);
  set("num_hidden_layers", layer_count);
  set("num_attention_heads", model.head_count);
  set("num_key_value_heads", model.key_value_head_count);
  set("head_dim", head);
  set("intermediate_size", 1408);
  set("moe_intermediate_size", 384);
  set("num_experts", 4);
  set("num_local_experts", 4);
  set("num_experts_per_tok", 2);
  set("vocab_size", 1003);
  if (config.contains("layer_types")) {
    nlohmann::json& types = config["layer_types"];
    types.erase(types.begin() + layer_count, types.end());
  }
  const auto header = HeaderOfHfConfig(config.dump());
  EXPECT_THAT(header, IsOk());
  return *header;
}

// As buffers round it up.
Bytes Allocated(const GgufTensor& tensor) {
  return Bytes((tensor.size().count() + 31) / 32 * 32);
}

// What each of several devices has all of, or, of sinks, as much of as of all.
Bytes OnEachOf(const GgufHeader& header) {
  Bytes size;
  bool has_output = false;
  Bytes embedding;
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.name == "output.weight") has_output = true;
    if (tensor.name == "token_embd.weight") embedding = tensor.size();
    for (const std::string_view whole :
         {"norm", "ffn_gate_inp", "attn_output.bias", "attn_sinks",
          "ffn_down_exps.bias", "rope_freqs", "rope_factors"}) {
      if (!absl::StrContains(tensor.name, whole)) continue;
      size += Allocated(tensor);
      break;
    }
  }
  return has_output ? size : size + embedding;
}

// What libllama reports of devices that share a model: of a dry run what all
// of it takes once; of a load the most that any of them holds.
DeviceUse OfSharers(const std::vector<DeviceUse>& uses) {
  const auto found = absl::c_find_if(uses, [](const DeviceUse& use) {
    return absl::StartsWith(use.name, "Meta");
  });
  return found == uses.end() ? DeviceUse{} : *found;
}

class TensorSplitTest : public RpcGpuTest,
                        public testing::WithParamInterface<SmallModel> {
 protected:
  static void SetUpTestSuite() { StartGpus(2); }
  TensorSplitTest() { WriteGguf(header_, path_); }

  DeviceUse Loaded(const EngineOptions& options) const {
    const HostExperts host_experts(options);
    const llama_model_ptr model(llama_model_load_from_file(
        path_.c_str(), ModelParams(options, host_experts, header_)));
    EXPECT_NE(model, nullptr);
    const llama_context_ptr context(
        llama_init_from_model(model.get(), ContextParams(options)));
    EXPECT_NE(context, nullptr);
    return OfSharers(MemoryBreakdown(context.get()));
  }

  void ExpectAgreement(const EngineOptions& options) const {
    const auto plan = PlanMemory(*ShapeOf(header_), options, Devices());
    ASSERT_THAT(plan, IsOk());
    ASSERT_EQ(plan->devices.size(), 3U);
    const DevicePlan& first = plan->devices[1];
    const DevicePlan& second = plan->devices[2];
    const DeviceUse loaded = Loaded(options);
    const auto dry_run = DryRun(path_, options);
    ASSERT_THAT(dry_run, IsOk());
    const DeviceUse whole = OfSharers(*dry_run);

    EXPECT_EQ(std::max(first.weights, second.weights), loaded.weights);
    EXPECT_EQ(std::max(first.kv_cache, second.kv_cache), loaded.kv_cache);
    EXPECT_EQ(first.kv_cache + second.kv_cache, whole.kv_cache);
    if (options.gpu_layers < 0) {
      EXPECT_EQ(first.weights + second.weights,
                whole.weights + OnEachOf(header_));
    }
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "model.gguf";
  const GgufHeader header_ = HeaderOfSmall(GetParam());
};

TEST_P(TensorSplitTest, AgreesWithThePlan) {
  for (const int64_t gpu_layers : {-1, 3}) {
    for (const int64_t slots : {1, 4}) {
      for (const std::string type : {"f16", "q8_0"}) {
        SCOPED_TRACE(testing::Message() << gpu_layers << " layers, " << slots
                                        << " slots, " << type);
        ExpectAgreement({.sequence_length = 4096,
                         .slot_count = slots,
                         .kv_cache_type_k = type,
                         .kv_cache_type_v = type,
                         .gpu_layers = gpu_layers,
                         .split_mode = SplitMode::kTensor,
                         .kv_unified = slots == 1});
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, TensorSplitTest,
    testing::Values(SmallModel{"llama-3.1-8b"},
                    SmallModel{"llama-3.1-8b", 12, 3},
                    SmallModel{"llama-3.2-1b"}, SmallModel{"mixtral-8x7b"},
                    SmallModel{"qwen2.5-7b"}, SmallModel{"qwen3-8b", 12, 3},
                    SmallModel{"qwen3-30b-a3b"}, SmallModel{"gemma-2-9b"},
                    SmallModel{"gemma-3-12b"}, SmallModel{"granite-3.3-8b"},
                    SmallModel{"gpt-oss-20b"}, SmallModel{"phi-4"}),
    TestName);

// Of the models as they are: nothing is allocated.
class TensorSplitBufferTest : public RpcGpuTest,
                              public testing::WithParamInterface<std::string> {
 protected:
  static void SetUpTestSuite() { StartGpus(2); }
};

TEST_P(TensorSplitBufferTest, AgreesWithThePlan) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.gguf";
  const GgufHeader header = HeaderOf(**FindInCatalogue(GetParam()));
  WriteGguf(header, path);
  for (const int64_t slots : {1, 4}) {
    SCOPED_TRACE(slots);
    const EngineOptions options = {.sequence_length = 8192,
                                   .slot_count = slots,
                                   .split_mode = SplitMode::kTensor,
                                   .kv_unified = slots == 1};
    const auto plan = PlanMemory(*ShapeOf(header), options, Devices());
    const auto dry_run = DryRun(path, options);
    ASSERT_THAT(plan, IsOk());
    ASSERT_THAT(dry_run, IsOk());
    const Bytes used = OfSharers(*dry_run).compute_buffer;

    for (const size_t device : {size_t{1}, size_t{2}}) {
      EXPECT_NEAR(
          static_cast<double>(plan->devices[device].compute_buffer.count()) /
              static_cast<double>(used.count()),
          1, 0.05);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, TensorSplitBufferTest,
    testing::Values("llama-3.1-8b", "llama-3.2-1b", "mixtral-8x7b",
                    "qwen2.5-7b", "qwen3-8b", "qwen3-30b-a3b", "gemma-2-9b",
                    "gemma-3-12b", "granite-3.3-8b", "gpt-oss-20b", "phi-4"),
    [](const testing::TestParamInfo<std::string>& model) {
      return LettersOf(model.param);
    });

}  // namespace
}  // namespace hwledger
