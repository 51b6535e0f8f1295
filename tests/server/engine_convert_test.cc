#include "server/engine_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/there_and_back.h"

namespace hwledger {
namespace {

TEST(EngineConvertTest, KeepsEveryEngineOption) {
  const EngineOptions options = {.sequence_length = 1,
                                 .slot_count = 2,
                                 .outputs_per_slot = 7,
                                 .kv_cache_type_k = "q8_0",
                                 .kv_cache_type_v = "q4_0",
                                 .flash_attention = FlashAttention::kOn,
                                 .micro_batch_size = 3,
                                 .gpu_layers = 4,
                                 .cpu_moe_layers = 6,
                                 .split_mode = SplitMode::kTensor,
                                 .thread_count = 5,
                                 .kv_unified = false,
                                 .swa_full = true};

  EXPECT_EQ(ThereAndBack(options), options);
}

TEST(EngineConvertTest, KeepsHowAnEngineServes) {
  const ServingOptions serving = {.prefix_cache_max = Bytes(1),
                                  .ngram_lookup = true,
                                  .draft_path = "/draft.gguf",
                                  .draft_tokens_max = 2};

  EXPECT_EQ(ThereAndBack(serving), serving);
}

TEST(EngineConvertTest, KeepsWhatAModelHolds) {
  const Ready ready = {.devices = {{.name = "CUDA0",
                                    .is_host = true,
                                    .weights = Bytes(1),
                                    .kv_cache = Bytes(2),
                                    .compute_buffer = Bytes(3),
                                    .output_buffer = Bytes(4)}},
                       .has_chat_template = true};

  EXPECT_EQ(ThereAndBack(ready), ready);
}

TEST(EngineConvertTest, KeepsWhatAProjectorHolds) {
  const ProjectorUse use = {
      .name = "CUDA0", .is_host = true, .total = Bytes(1)};

  EXPECT_EQ(ThereAndBack(use), use);
}

}  // namespace
}  // namespace hwledger
