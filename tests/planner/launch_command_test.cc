#include "core/planner/launch_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(VllmServeCommandTest, SaysWhatDiffersFromTheDefaults) {
  EXPECT_EQ(VllmServeCommand("Qwen/Qwen3-8B",
                             {.sequence_length = 8192, .sequence_count = 4}),
            "vllm serve Qwen/Qwen3-8B --max-model-len 8192 --max-num-seqs 4 "
            "--gpu-memory-utilization 0.9");
  EXPECT_EQ(VllmServeCommand("Qwen/Qwen3-8B", {.sequence_length = 8192,
                                               .sequence_count = 4,
                                               .tensor_parallel_size = 2,
                                               .memory_utilization = 0.85,
                                               .batch_tokens_max = 1024,
                                               .fp8_kv_cache = true,
                                               .enforce_eager = true}),
            "vllm serve Qwen/Qwen3-8B --max-model-len 8192 --max-num-seqs 4 "
            "--gpu-memory-utilization 0.85 --tensor-parallel-size 2 "
            "--kv-cache-dtype fp8 --max-num-batched-tokens 1024 "
            "--enforce-eager");
}

TEST(VllmServeCommandTest, QuotesANameForTheShell) {
  EXPECT_EQ(VllmServeCommand("a/b; rm 'c'", {.sequence_length = 1}),
            "vllm serve 'a/b; rm '\\''c'\\''' --max-model-len 1 "
            "--max-num-seqs 1 --gpu-memory-utilization 0.9");
}

TEST(VllmServeCommandTest, IsEmptyWithoutARepository) {
  EXPECT_EQ(VllmServeCommand("", {.sequence_length = 1}), "");
}

TEST(LlamaServerCommandTest, NamesTheContextOfAllSlots) {
  EXPECT_EQ(LlamaServerCommand("my model.gguf", {.sequence_length = 4096,
                                                 .slot_count = 2,
                                                 .kv_cache_type_k = "q8_0"}),
            "llama-server -m 'my model.gguf' -c 8192 -np 2 -ub 512 -fa auto "
            "--kv-unified -ctk q8_0");
}

TEST(LlamaServerCommandTest, LoadsProjectorAndAdapters) {
  EXPECT_THAT(LlamaServerCommand(
                  "m.gguf", {.sequence_length = 1},
                  {.projector = Projector{.file = "/p.gguf"},
                   .adapters = {{.file = "/a.gguf"}, {.file = "/b c.gguf"}}}),
              EndsWith(" --mmproj /p.gguf --lora /a.gguf --lora '/b c.gguf'"));
}

TEST(LlamaServerCommandTest, LoadsADraftAndAsksIt) {
  EXPECT_THAT(
      LlamaServerCommand("m.gguf", {.sequence_length = 1},
                         {.draft = DraftAddition{.file = "my draft.gguf",
                                                 .kv_cache_type_k = "q8_0"}}),
      EndsWith(" -md 'my draft.gguf' --spec-type draft-simple -ctkd q8_0"));
}

TEST(LlamaServerCommandTest, KeepsExpertsOnTheHost) {
  EXPECT_THAT(LlamaServerCommand("", {.sequence_length = 1}),
              Not(HasSubstr("moe")));
  EXPECT_THAT(
      LlamaServerCommand("", {.sequence_length = 1, .cpu_moe_layers = 12}),
      EndsWith(" --n-cpu-moe 12"));
}

}  // namespace
}  // namespace hwledger
