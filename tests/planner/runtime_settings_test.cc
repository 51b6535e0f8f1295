#include "core/planner/runtime_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Optional;

absl::StatusOr<RuntimeOptions> Settings(Runtime runtime,
                                        EngineOptions options) {
  return RuntimeSettings({.runtime = runtime}, options);
}

TEST(RuntimeSettingsTest, RefusesOptionsOfLlamaCppByNameAndValue) {
  const std::pair<EngineOptions, std::pair<std::string, std::string>> cases[] =
      {{{.gpu_layers = 3}, {"gpu_layers", "3"}},
       {{.cpu_moe_layers = 12}, {"cpu_moe_layers", "12"}},
       {{.flash_attention = FlashAttention::kOff}, {"flash_attention", "OFF"}},
       {{.kv_unified = false}, {"kv_unified", "false"}},
       {{.swa_full = true}, {"swa_full", "true"}},
       {{.kv_cache_type_k = "q8_0"}, {"kv_cache_type_k", "\"q8_0\""}},
       {{.kv_cache_type_v = "q4_0"}, {"kv_cache_type_v", "\"q4_0\""}}};
  for (const Runtime runtime :
       {Runtime::kVllm, Runtime::kTransformers, Runtime::kMlx}) {
    EXPECT_THAT(Settings(runtime, {}), IsOk());
    for (const auto& [options, refused] : cases) {
      const auto settings = Settings(runtime, options);

      EXPECT_THAT(FieldOf(settings.status()), Optional(Eq(refused.first)));
      EXPECT_THAT(settings.status().message(),
                  AllOf(HasSubstr(NameOf(runtime)),
                        HasSubstr("got " + refused.second)));
    }
  }
}

TEST(RuntimeSettingsTest, RefusesWhatAnotherRuntimeThanVllmLacks) {
  const RuntimeOptions share = {.runtime = Runtime::kTransformers,
                                .memory_utilization = 0.5};
  EXPECT_THAT(FieldOf(RuntimeSettings(share, {}).status()),
              Optional(Eq("gpu_memory_utilization")));
  const RuntimeOptions batch = {.runtime = Runtime::kTransformers,
                                .batch_tokens_max = 1024};
  EXPECT_THAT(FieldOf(RuntimeSettings(batch, {}).status()),
              Optional(Eq("micro_batch_size")));
  EXPECT_THAT(
      FieldOf(
          Settings(Runtime::kMlx, {.split_mode = SplitMode::kTensor}).status()),
      Optional(Eq("split_mode")));
  EXPECT_THAT(Settings(Runtime::kVllm, {.split_mode = SplitMode::kTensor}),
              IsOk());
}

TEST(RuntimeSettingsTest, CachesInEightBitsInVllmAlone) {
  const EngineOptions fp8 = {.kv_cache_type_k = "FP8",
                             .kv_cache_type_v = "fp8"};

  EXPECT_TRUE(Settings(Runtime::kVllm, fp8)->fp8_kv_cache);
  EXPECT_FALSE(
      Settings(Runtime::kVllm, {.kv_cache_type_k = "bf16"})->fp8_kv_cache);
  EXPECT_THAT(FieldOf(Settings(Runtime::kMlx, fp8).status()),
              Optional(Eq("kv_cache_type_k")));
  EXPECT_THAT(
      FieldOf(Settings(Runtime::kVllm, {.kv_cache_type_k = "fp8"}).status()),
      Optional(Eq("kv_cache_type_k")));
}

TEST(WeightFormatNamedTest, ListsWhatTheRuntimeHas) {
  EXPECT_EQ(WeightFormatNamed("AWQ", Runtime::kVllm)->precision,
            WeightPrecision::kAwq);
  EXPECT_THAT(WeightFormatNamed("mlx-4bit", Runtime::kVllm).status().message(),
              AllOf(HasSubstr("awq, gptq, nvfp4"), Not(HasSubstr("mlx-8bit")),
                    HasSubstr("in vLLM; got \"mlx-4bit\"")));
  EXPECT_THAT(WeightFormatNamed("awq", Runtime::kMlx).status().message(),
              HasSubstr("must be one of fp32, bf16, fp16, mxfp4, mlx-4bit, "
                        "mlx-8bit in MLX; got \"awq\""));
  EXPECT_THAT(
      WeightFormatNamed("nvfp4", Runtime::kTransformers).status().message(),
      Not(HasSubstr("mlx")));
}

}  // namespace
}  // namespace hwledger
