#include "core/planner/launch_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::AllOf;
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

TEST(VllmServeCommandTest, SaysWhatToMakeOfTheWeights) {
  EXPECT_THAT(VllmServeCommand("a/b", {.sequence_length = 1},
                               {.quantization = "fp8", .dtype = "float32"}),
              EndsWith(" --quantization fp8 --dtype float32"));
}

TEST(LlamaServerCommandTest, NamesTheContextOfAllSlots) {
  EXPECT_EQ(LlamaServerCommand("my model.gguf", {.sequence_length = 4096,
                                                 .slot_count = 2,
                                                 .kv_cache_type_k = "q8_0"}),
            "llama-server -m 'my model.gguf' -c 8192 -np 2 -ub 512 -fa auto "
            "--kv-unified -ctk q8_0 -ngl all --fit off -cram 0");
}

TEST(LlamaServerCommandTest, HasABatchAsLargeAsAMicroBatch) {
  EXPECT_THAT(LlamaServerCommand(
                  "m.gguf", {.sequence_length = 1, .micro_batch_size = 4096}),
              HasSubstr(" -b 4096 -ub 4096 "));
  EXPECT_THAT(LlamaServerCommand(
                  "m.gguf", {.sequence_length = 1, .micro_batch_size = 2048}),
              AllOf(Not(HasSubstr(" -b ")), HasSubstr(" -ub 2048 ")));
}

TEST(LlamaServerCommandTest, WritesTypesInLowerCase) {
  EXPECT_THAT(
      LlamaServerCommand("m.gguf",
                         {.sequence_length = 1,
                          .kv_cache_type_k = "Q8_0",
                          .kv_cache_type_v = "F16"},
                         {.draft = DraftAddition{.kv_cache_type_k = "F16",
                                                 .kv_cache_type_v = "IQ4_NL"}}),
      AllOf(HasSubstr(" -ctk q8_0 -ngl"),
            HasSubstr(" draft-simple -ctvd iq4_nl ")));
}

TEST(LlamaServerCommandTest, PlacesLayersWhereverTheyWerePlanned) {
  const auto command = [](int64_t gpu_layers, GpuUse gpus) {
    return LlamaServerCommand("m.gguf",
                              {.sequence_length = 1, .gpu_layers = gpu_layers},
                              {.draft = DraftAddition{}}, gpus);
  };

  EXPECT_THAT(command(-1, GpuUse::kAsPlanned),
              AllOf(HasSubstr(" -ngl all --fit off "), EndsWith(" -ngld all")));
  EXPECT_THAT(command(0, GpuUse::kAsPlanned), HasSubstr(" -ngl 0 --fit off "));
  EXPECT_THAT(command(-1, GpuUse::kNone),
              AllOf(HasSubstr(" -dev none --fit off "), Not(HasSubstr("ngl"))));
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
      EndsWith(" -md 'my draft.gguf' --spec-type draft-simple -ctkd q8_0 "
               "-ngld all"));
}

TEST(LlamaServerCommandTest, KeepsExpertsOnTheHost) {
  EXPECT_THAT(LlamaServerCommand("m.gguf", {.sequence_length = 1}),
              Not(HasSubstr("moe")));
  EXPECT_THAT(LlamaServerCommand("m.gguf",
                                 {.sequence_length = 1, .cpu_moe_layers = 12}),
              HasSubstr(" --n-cpu-moe 12 "));
}

TEST(LlamaQuantizeCommandTest, NamesFilesAndType) {
  EXPECT_EQ(LlamaQuantizeCommand("/a b.gguf", "MODEL-F16.gguf", "f16"),
            "llama-quantize --allow-requantize '/a b.gguf' MODEL-F16.gguf F16");
}

}  // namespace
}  // namespace hwledger
