#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/engine/dry_run.h"
#include "core/model/catalogue.h"
#include "core/model/hf_header.h"
#include "core/model/model_shape.h"
#include "core/planner/planner.h"
#include "nlohmann/json.hpp"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

// What a model is asked to do; each differs from the first in one respect.
std::vector<EngineOptions> Settings() {
  const EngineOptions usual = {.sequence_length = 8192};
  std::vector<EngineOptions> settings;
  const auto add = [&](auto change) {
    settings.push_back(usual);
    change(settings.back());
  };
  add([](EngineOptions&) {});
  add([](EngineOptions& options) { options.sequence_length = 1; });
  add([](EngineOptions& options) { options.sequence_length = 1000; });
  add([](EngineOptions& options) { options.sequence_length = 32768; });
  add([](EngineOptions& options) {
    options.kv_cache_type_k = "q8_0";
    options.kv_cache_type_v = "q8_0";
  });
  add([](EngineOptions& options) {
    options.flash_attention = FlashAttention::kOff;
  });
  add([](EngineOptions& options) { options.slot_count = 4; });
  add([](EngineOptions& options) {
    options.slot_count = 4;
    options.kv_unified = false;
  });
  add([](EngineOptions& options) { options.slot_count = 8; });
  add([](EngineOptions& options) {
    options.slot_count = 8;
    options.outputs_per_slot = 4;
  });
  add([](EngineOptions& options) { options.micro_batch_size = 128; });
  add([](EngineOptions& options) { options.micro_batch_size = 2048; });
  add([](EngineOptions& options) { options.swa_full = true; });
  return settings;
}

std::string ToString(const EngineOptions& options) {
  return absl::StrCat(
      options.sequence_length, " tokens, ", options.slot_count, " slots of ",
      options.outputs_per_slot, " outputs, ", options.kv_cache_type_k,
      ", micro-batch ", options.micro_batch_size,
      options.flash_attention == FlashAttention::kOff ? ", no flash attention"
                                                      : "",
      options.kv_unified ? "" : ", separate", options.swa_full ? ", full" : "");
}

std::vector<std::string> CatalogueNames() {
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : Catalogue()) names.push_back(entry.name);
  return names;
}

std::string TestName(const testing::TestParamInfo<std::string>& name) {
  std::string letters;
  for (const char c : name.param) {
    letters += absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_';
  }
  return letters;
}

// The analytic plan's bar for the compute buffer; all else is exact.
constexpr double kComputeTolerance = 0.05;

// Some CPUs repack F16 as well (ggml-cpu/amx), so that there a tied embedding
// of whole tiles is twice on the host. The plan does not know the CPU.
Bytes TwiceWithAmx(const ModelShape& shape, const GgufHeader& header) {
#ifdef __x86_64__
  const bool has_amx = __builtin_cpu_supports("amx-int8") != 0;
#else
  const bool has_amx = false;
#endif
  const bool is_f16 = header.Integer("general.file_type") == 1;
  return has_amx && is_f16 && shape.tied_embedding &&
                 !shape.doubled_embedding && shape.vocabulary_size % 32 == 0
             ? shape.embedding_weights
             : Bytes();
}

// For every setting: weights and caches to the byte, the compute buffer nearly.
void ExpectAgreement(const GgufHeader& header,
                     const std::vector<EngineOptions>& settings) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.gguf";
  WriteGguf(header, path);
  const absl::StatusOr<ModelShape> shape = ShapeOf(header);
  ASSERT_THAT(shape, IsOk());
  const Device host = {.name = "CPU"};

  for (const EngineOptions& options : settings) {
    SCOPED_TRACE(ToString(options));
    const absl::StatusOr<MemoryPlan> plan = PlanMemory(*shape, options, {host});
    const absl::StatusOr<std::vector<DeviceUse>> dry_run =
        DryRun(path, options);
    ASSERT_EQ(plan.ok(), dry_run.ok()) << plan.status() << dry_run.status();
    // Both refuse a cache in blocks that do not divide a head.
    if (!plan.ok()) continue;

    ASSERT_EQ(dry_run->size(), 1U);
    const DeviceUse& use = dry_run->front();
    const DevicePlan& planned = plan->devices.front();
    EXPECT_EQ((planned.weights + TwiceWithAmx(*shape, header)).count(),
              use.weights.count());
    EXPECT_EQ(planned.kv_cache.count(), use.kv_cache.count());
    EXPECT_EQ(planned.output_buffer.count(), use.output_buffer.count());
    EXPECT_NEAR(static_cast<double>(planned.compute_buffer.count()) /
                    static_cast<double>(use.compute_buffer.count()),
                1, kComputeTolerance);
  }
}

class CatalogueDryRunTest : public testing::TestWithParam<std::string> {};

TEST_P(CatalogueDryRunTest, AgreesWithThePlan) {
  const absl::StatusOr<const CatalogueEntry*> entry =
      FindInCatalogue(GetParam());
  ASSERT_THAT(entry, IsOk());

  ExpectAgreement(HeaderOf(**entry), Settings());
}

// Architectures of which the catalogue has no model, and variants. The widest
// block is not the last alone, which feeds only the wanted tokens forward: the
// plan takes it for any other.
class ArchitectureDryRunTest
    : public testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(ArchitectureDryRunTest, AgreesWithThePlan) {
  nlohmann::json config = nlohmann::json::parse(R"({
      "hidden_size": 2048, "intermediate_size": 8192, "vocab_size": 65536,
      "num_hidden_layers": 4, "num_attention_heads": 16,
      "num_key_value_heads": 4, "max_position_embeddings": 8192})");
  config.merge_patch(nlohmann::json::parse(GetParam().second));
  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(config.dump());
  ASSERT_THAT(header, IsOk());

  ExpectAgreement(*header, Settings());
}

const std::pair<std::string, std::string> kArchitectures[] = {
    {"falcon_with_groups",
     R"({"model_type": "falcon", "new_decoder_architecture": true,
         "num_kv_heads": 4})"},
    {"hunyuan", R"({"model_type": "hunyuan_v1_dense", "head_dim": 128})"},
    {"minicpm3",
     R"({"model_type": "minicpm3", "num_key_value_heads": 16,
         "q_lora_rank": 768, "kv_lora_rank": 256, "qk_nope_head_dim": 64,
         "qk_rope_head_dim": 32, "v_head_dim": 64})"},
    {"ministral3", R"({"model_type": "ministral3", "head_dim": 128})"},
    {"mpt", R"({"model_type": "mpt", "num_key_value_heads": 16})"},
    {"nemotron", R"({"model_type": "nemotron"})"},
    // A projection in place of attention, nothing, no attention, attention.
    {"nemotron_nas",
     R"({"model_type": "nemotron-nas", "num_hidden_layers": 5, "block_configs": [
         {"attention": {"replace_with_linear": true}, "ffn": {"ffn_mult": 1.0}},
         {"attention": {}, "ffn": {}},
         {"attention": {}, "ffn": {"ffn_mult": 2.5}},
         {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}},
         {"attention": {"n_heads_in_group": 8}, "ffn": {"ffn_mult": 5.25}}]})"},
    {"openelm",
     R"({"model_type": "openelm", "head_dim": 64,
         "num_query_heads": [12, 16, 16, 20], "num_kv_heads": [3, 4, 4, 5],
         "ffn_multipliers": [0.5, 0.73, 4.0, 4.0]})"},
    {"stablelm_in_parallel",
     R"({"model_type": "stablelm", "use_parallel_residual": true,
         "qk_layernorm": true})"},
};

INSTANTIATE_TEST_SUITE_P(All, ArchitectureDryRunTest,
                         testing::ValuesIn(kArchitectures),
                         [](const auto& architecture) {
                           return architecture.param.first;
                         });

// What is alive at once depends on how many states there are for how many
// tokens.
std::vector<EngineOptions> SettingsOfManyStates() {
  std::vector<EngineOptions> settings;
  for (const int64_t slots : {1, 8}) {
    for (const int64_t tokens : {128, 2048}) {
      settings.push_back({.sequence_length = 1024,
                          .slot_count = slots,
                          .micro_batch_size = tokens});
      settings.push_back(settings.back());
      settings.back().kv_unified = false;
      settings.push_back(settings.back());
      settings.back().flash_attention = FlashAttention::kOff;
    }
  }
  return settings;
}

std::vector<std::string> NamesOfModelsWithStates() {
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : Catalogue()) {
    const absl::StatusOr<ModelShape> shape = ShapeOf(HeaderOf(entry));
    if (shape.ok() && absl::c_any_of(shape->layers, [](const Layer& layer) {
          return layer.state_elements > 0;
        })) {
      names.push_back(entry.name);
    }
  }
  return names;
}

class StatesDryRunTest : public testing::TestWithParam<std::string> {};

TEST_P(StatesDryRunTest, AgreesWithThePlanOfAnyNumberOfSequences) {
  ExpectAgreement(HeaderOf(**FindInCatalogue(GetParam())),
                  SettingsOfManyStates());
}

// Mamba-1 whose time steps are normed, without weights for it; no entry of the
// catalogue is one.
TEST(DryRunTest, AgreesWithThePlanOfAFalconMamba) {
  const absl::StatusOr<GgufHeader> header = HeaderOfHfConfig(R"({
      "model_type": "falcon_mamba", "hidden_size": 4096,
      "num_hidden_layers": 64, "intermediate_size": 8192, "vocab_size": 65024,
      "tie_word_embeddings": false, "state_size": 16, "conv_kernel": 4,
      "time_step_rank": 256})");
  ASSERT_THAT(header, IsOk());

  ExpectAgreement(*header, SettingsOfManyStates());
}

INSTANTIATE_TEST_SUITE_P(All, StatesDryRunTest,
                         testing::ValuesIn(NamesOfModelsWithStates()),
                         TestName);

INSTANTIATE_TEST_SUITE_P(All, CatalogueDryRunTest,
                         testing::ValuesIn(CatalogueNames()), TestName);

}  // namespace
}  // namespace hwledger
