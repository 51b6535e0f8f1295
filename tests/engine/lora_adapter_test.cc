#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/engine/llama_params.h"
#include "core/engine/memory_breakdown.h"
#include "core/model/gguf.h"
#include "core/planner/additions.h"
#include "llama-cpp.h"
#include "tests/engine/tiny_model.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

const EngineOptions kOptions = {.sequence_length = 1024};

// An adapter of rank 16 of each matrix of `model`, ends included.
GgufHeader AdapterOf(const GgufHeader& model) {
  constexpr int64_t kRank = 16;
  GgufHeader adapter;
  adapter.metadata = {{"adapter.lora.alpha", 16.0},
                      {"adapter.type", std::string("lora")},
                      {"general.architecture", std::string("llama")},
                      {"general.type", std::string("adapter")}};
  for (const GgufTensor& tensor : model.tensors) {
    if (tensor.dimensions.size() < 2 || tensor.dimensions[1] == 1) continue;
    const int64_t inputs = tensor.dimensions[0];
    const int64_t outputs = tensor.dimensions[1];
    const bool is_embedding = tensor.name == "token_embd.weight";
    adapter.tensors.push_back(TensorOf(tensor.name + ".lora_a", "F32",
                                       is_embedding
                                           ? std::vector{kRank, outputs}
                                           : std::vector{inputs, kRank}));
    adapter.tensors.push_back(
        TensorOf(tensor.name + ".lora_b", "F32",
                 {kRank, is_embedding ? inputs : outputs}));
  }
  return adapter;
}

// What libllama says of its buffers for adapters, in MiB of two decimals.
class LoraLog {
 public:
  LoraLog() {
    llama_log_get(&callback_, &callback_argument_);
    llama_log_set(Listen, this);
  }
  ~LoraLog() { llama_log_set(callback_, callback_argument_); }
  LoraLog(const LoraLog&) = delete;
  LoraLog& operator=(const LoraLog&) = delete;

  double mebibytes() const { return mebibytes_; }

 private:
  static void Listen(ggml_log_level, const char* text, void* log) {
    const std::vector<std::string> words =
        absl::StrSplit(text, ' ', absl::SkipWhitespace());
    if (!absl::StrContains(text, "LoRA buffer size")) return;
    double size = 0;
    EXPECT_TRUE(absl::SimpleAtod(words[words.size() - 2], &size)) << text;
    static_cast<LoraLog*>(log)->mebibytes_ += size;
  }

  ggml_log_callback callback_ = nullptr;
  void* callback_argument_ = nullptr;
  double mebibytes_ = 0;
};

Bytes ComputeBuffer(const llama_context* context) {
  return MemoryBreakdown(context).front().compute_buffer;
}

class LoraAdapterTest : public testing::TestWithParam<int64_t> {
 protected:
  LoraAdapterTest() {
    const TinyModel model = {.embedding_elements = 64 * GetParam(),
                             .head_count = GetParam()};
    model_path_ = model.Write(absl::StrCat("adapted", GetParam()));
    model_header_ = *ReadGguf(model_path_);
    WriteGguf(AdapterOf(model_header_), adapter_path_);
    llama_model_params params = llama_model_default_params();
    model_.reset(llama_model_load_from_file(model_path_.c_str(), params));
  }

  const TemporaryFolder folder_;
  const std::string adapter_path_ = folder_ / "adapter.gguf";
  std::string model_path_;
  GgufHeader model_header_;
  llama_model_ptr model_;
};

TEST_P(LoraAdapterTest, WeighsWhatLibllamaAllocates) {
  const absl::StatusOr<GgufHeader> header = ReadGguf(adapter_path_);
  ASSERT_THAT(header, IsOk());
  const LoraLog log;

  const absl::StatusOr<LoraAdapter> adapter = LoraOf(*header, model_header_, 2);
  ASSERT_THAT(adapter, IsOk());
  ASSERT_NE(llama_adapter_lora_init(model_.get(), adapter_path_.c_str()),
            nullptr);

  Bytes weights = adapter->input_weights + adapter->output_weights;
  for (const LoraAdapter::Layer& layer : adapter->layers) {
    weights += layer.weights + layer.expert_weights;
  }
  constexpr double kMebibyte = 1 << 20;
  EXPECT_NEAR(static_cast<double>(weights.count()) / kMebibyte, log.mebibytes(),
              0.0051);
}

TEST_P(LoraAdapterTest, DoesNotWidenAPass) {
  const llama_context_ptr context(
      llama_init_from_model(model_.get(), ContextParams(kOptions)));
  const Bytes before = ComputeBuffer(context.get());
  llama_adapter_lora* adapter =
      llama_adapter_lora_init(model_.get(), adapter_path_.c_str());
  float scale = 1;

  ASSERT_EQ(llama_set_adapters_lora(context.get(), &adapter, 1, &scale), 0);
  std::vector<llama_token> tokens(512, 5);
  ASSERT_EQ(
      llama_decode(context.get(), llama_batch_get_one(tokens.data(), 512)), 0);

  EXPECT_EQ(ComputeBuffer(context.get()).count(), before.count());
}

INSTANTIATE_TEST_SUITE_P(Heads, LoraAdapterTest, testing::Values(1, 4, 8));

}  // namespace
}  // namespace hwledger
