#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/model/catalogue.h"
#include "core/model/quantize_mix.h"
#include "tests/gguf_file.h"
#include "tests/temporary_folder.h"

// Our rules against the program that they describe.
namespace hwledger {
namespace {

using TypesByTensor = std::map<std::string, std::string>;

std::string OutputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   &pclose);
  std::string output;
  std::array<char, 4096> part;
  while (const size_t size =
             std::fread(part.data(), 1, part.size(), pipe.get())) {
    output.append(part.data(), size);
  }
  return output;
}

// Of lines like
// [1/9] output.weight - [64, 8, 1, 1], type = f16, size = 1 MiB -> 0 MiB (q8_0)
// where what follows "->" is missing if the tensor keeps its type.
TypesByTensor ParseDryRun(std::string_view output) {
  TypesByTensor types;
  for (const std::string_view line : absl::StrSplit(output, '\n')) {
    const size_t type = line.find(", type = ");
    if (!line.starts_with("[") || type == line.npos) continue;
    const std::string_view name =
        absl::StripLeadingAsciiWhitespace(line.substr(line.find(']') + 1));
    const size_t arrow = line.find("MiB -> ");
    std::string_view last = line.substr(type + 9);
    last = arrow == line.npos ? last.substr(0, last.find(','))
                              : line.substr(line.find('(', arrow) + 1);
    types[std::string(name.substr(0, name.find(' ')))] = absl::AsciiStrToUpper(
        absl::StripAsciiWhitespace(last.substr(0, last.find(')'))));
  }
  return types;
}

TypesByTensor TypesOf(const GgufHeader& header) {
  TypesByTensor types;
  for (const GgufTensor& tensor : header.tensors) {
    types[tensor.name] = absl::AsciiStrToUpper(tensor.type->name);
  }
  return types;
}

// A model as small as the rules allow, to reach those that no model of the
// catalogue does.
struct SmallModel {
  std::string architecture;
  int64_t layers = 0;
  int64_t heads = 0;
  int64_t key_heads = 0;
  bool fused = false;
};

GgufHeader HeaderOf(const SmallModel& model) {
  GgufHeader header;
  const auto set = [&](std::string_view key, GgufValue value) {
    header.metadata[absl::StrCat(model.architecture, ".", key)] =
        std::move(value);
  };
  header.metadata["general.architecture"] = model.architecture;
  header.metadata["tokenizer.ggml.model"] = std::string("none");
  set("block_count", model.layers);
  set("context_length", int64_t{512});
  set("embedding_length", int64_t{256});
  set("feed_forward_length", int64_t{256});
  set("attention.head_count", model.heads);
  set("attention.head_count_kv", model.key_heads);
  set("attention.layer_norm_rms_epsilon", 1e-5);
  set("attention.layer_norm_epsilon", 1e-5);
  header.tensors.push_back(TensorOf("token_embd.weight", "F16", {256, 64}));
  header.tensors.push_back(TensorOf("output.weight", "F16", {256, 64}));
  for (int64_t layer = 0; layer < model.layers; ++layer) {
    const auto add = [&](std::string_view name) {
      header.tensors.push_back(
          TensorOf(absl::StrCat("blk.", layer, ".", name, ".weight"), "F16",
                   {256, 256}));
    };
    for (const std::string_view name :
         {"attn_output", "ffn_down", "ffn_gate", "ffn_up"}) {
      add(name);
    }
    if (model.fused) {
      add("attn_qkv");
    } else {
      for (const std::string_view name : {"attn_q", "attn_k", "attn_v"}) {
        add(name);
      }
    }
  }
  return header;
}

class LlamaQuantizeTest : public testing::TestWithParam<std::string> {
 protected:
  static GgufHeader Model(const std::string& name) {
    if (name == "small-falcon") {
      return HeaderOf({"falcon", 32, 4, 1, /*fused=*/true});
    }
    if (name == "small-llama-of-80-layers") {
      return HeaderOf({"llama", 80, 16, 2});
    }
    if (name == "small-llama-of-lone-heads") {
      return HeaderOf({"llama", 32, 4, 4});
    }
    return hwledger::HeaderOf(**FindInCatalogue(name));
  }
};

TEST_P(LlamaQuantizeTest, GivesEachTensorTheTypeThatOursGives) {
  if (OutputOf("command -v llama-quantize").empty()) {
    GTEST_SKIP() << "llama-quantize is not installed";
  }
  TemporaryFolder folder;
  const GgufHeader model = Model(GetParam());
  WriteGguf(model, folder / "model.gguf");

  for (const std::string& mix : QuantizationNames()) {
    const std::string output =
        OutputOf(absl::StrCat("llama-quantize --dry-run '",
                              folder / "model.gguf", "' ", mix, " 2>&1"));
    const absl::StatusOr<GgufHeader> ours = Quantize(model, mix);
    if (ours.ok()) {
      EXPECT_EQ(TypesOf(*ours), ParseDryRun(output)) << mix;
    } else {
      EXPECT_THAT(output, testing::HasSubstr("failed to quantize")) << mix;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, LlamaQuantizeTest,
    testing::Values("bloom-560m", "dbrx", "deepseek-v2-lite", "deepseek-v3.2",
                    "falcon-7b", "gemma-3-12b", "gemma-3n-e4b",
                    "gemma-4-26b-a4b", "gemma-4-e2b", "glm-4.5-air",
                    "gpt-oss-20b", "gpt2", "granite-4.0-h-tiny", "lfm2-8b-a1b",
                    "llama-3.1-8b", "llama-4-scout", "mamba2-2.7b",
                    "mimo-v2-flash", "mixtral-8x7b", "nemotron-3-nano-30b-a3b",
                    "phi-3-mini-4k", "qwen2.5-72b", "qwen3.5-4b", "rwkv7-2.9b",
                    "small-falcon", "small-llama-of-80-layers",
                    "small-llama-of-lone-heads", "starcoder2-3b"),
    [](const testing::TestParamInfo<std::string>& model) {
      std::string name = model.param;
      std::erase_if(name,
                    [](unsigned char c) { return !absl::ascii_isalnum(c); });
      return name;
    });

}  // namespace
}  // namespace hwledger
