#include "core/model/architectures.h"

#include <iterator>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

// An architecture with recurrences and without windows.
constexpr Architecture Recurrent(std::string_view name, Blocks blocks,
                                 Recurrence recurrence,
                                 Positions positions = Positions::kRotated) {
  return {.name = name,
          .blocks = blocks,
          .recurrence = recurrence,
          .positions = positions};
}

constexpr Architecture kArchitectures[] = {
    {"arcee"},
    {"bailingmoe"},
    {"bailingmoe2"},
    {.name = "bloom", .positions = Positions::kNone},
    {"chatglm"},
    {.name = "cohere2", .window_period = 4, .positions = Positions::kInWindows},
    {"command-r"},
    {"dbrx"},
    {"deci"},
    {"deepseek2"},
    {"deepseek32"},
    {"dots1"},
    {"ernie4_5"},
    {"ernie4_5-moe"},
    {"exaone"},
    {"exaone4", 4},
    {"falcon"},
    Recurrent("falcon-h1", Blocks::kBoth, Recurrence::kMamba2),
    {"gemma"},
    {"gemma2", 2, 4096},
    {"gemma3", 6},
    // However many the file says are shared (llama.cpp:
    // src/models/gemma3n.cpp).
    {"gemma3n", 5, 512, 20},
    {"gemma4", 6},
    {"glm-dsa"},
    {"glm4"},
    {"glm4moe"},
    {"gpt-oss", 2},
    {.name = "gpt2", .positions = Positions::kNone},
    {"gptneox"},
    {"granite"},
    Recurrent("granitehybrid", Blocks::kEither, Recurrence::kMamba2,
              Positions::kNone),
    {"granitemoe"},
    {"grok"},
    {"hunyuan-dense"},
    {"hunyuan-moe"},
    {"internlm2"},
    Recurrent("jamba", Blocks::kEither, Recurrence::kMamba1, Positions::kNone),
    Recurrent("kimi-linear", Blocks::kEither, Recurrence::kKimiDelta,
              Positions::kNone),
    Recurrent("lfm2", Blocks::kEither, Recurrence::kShortConvolution),
    Recurrent("lfm2moe", Blocks::kEither, Recurrence::kShortConvolution),
    {"llama"},
    {.name = "llama4",
     .window_period = 4,
     .window_if_missing = 8192,
     .window_kind = LayerKind::kChunkedAttention,
     .weighs_expert_inputs = true},
    Recurrent("mamba", Blocks::kRecurrent, Recurrence::kMamba1),
    Recurrent("mamba2", Blocks::kRecurrent, Recurrence::kMamba2),
    {"mimo2", 1},
    {"minicpm"},
    {"minicpm3"},
    {"minimax-m2"},
    {"mistral3"},
    {.name = "mpt", .positions = Positions::kNone},
    {"nemotron"},
    Recurrent("nemotron_h", Blocks::kOneOfThree, Recurrence::kMamba2,
              Positions::kNone),
    Recurrent("nemotron_h_moe", Blocks::kOneOfThree, Recurrence::kMamba2,
              Positions::kNone),
    {"olmo2", 4},
    {"olmoe"},
    {"openelm"},
    {"phi2"},
    {"phi3"},
    {"phimoe"},
    {"qwen2"},
    {"qwen2moe"},
    {"qwen3"},
    Recurrent("qwen35", Blocks::kInterval, Recurrence::kDeltaNet),
    Recurrent("qwen35moe", Blocks::kInterval, Recurrence::kDeltaNet),
    {"qwen3moe"},
    Recurrent("qwen3next", Blocks::kInterval, Recurrence::kDeltaNet),
    Recurrent("rwkv6", Blocks::kRecurrent, Recurrence::kRwkv6),
    Recurrent("rwkv7", Blocks::kRecurrent, Recurrence::kRwkv7),
    {"seed_oss"},
    {.name = "smollm3", .positions = Positions::kThreeOfFour},
    {"stablelm"},
    {"starcoder2"},
};

}  // namespace

const Architecture* FindArchitecture(std::string_view name) {
  const auto* const found = absl::c_find_if(
      kArchitectures,
      [name](const Architecture& known) { return known.name == name; });
  return found == std::end(kArchitectures) ? nullptr : found;
}

}  // namespace hwledger
