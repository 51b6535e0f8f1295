#include "tests/engine/tiny_encoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ggml-cpp.h"
#include "ggml.h"
#include "gguf.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

constexpr int64_t kWidth = 64;
constexpr int64_t kLayers = 2;

class Writer {
 public:
  explicit Writer(const TinyEncoder& model)
      : model_(model),
        ggml_(ggml_init({.mem_size = size_t{16} << 20})),
        gguf_(gguf_init_empty()) {}

  void Write(const std::string& path) {
    AddShape();
    AddVocabulary();
    AddTensors();
    EXPECT_TRUE(gguf_write_to_file(gguf_.get(), path.c_str(), false)) << path;
  }

 private:
  void AddShape() {
    const auto set = [&](const char* key, int64_t value) {
      gguf_set_val_u32(gguf_.get(), key, static_cast<uint32_t>(value));
    };
    gguf_set_val_str(gguf_.get(), "general.architecture", "bert");
    set("bert.context_length", model_.context_tokens);
    set("bert.embedding_length", kWidth);
    set("bert.block_count", kLayers);
    set("bert.feed_forward_length", 2 * kWidth);
    set("bert.attention.head_count", 1);
    set("bert.pooling_type", model_.pooling_type);
    gguf_set_val_f32(gguf_.get(), "bert.attention.layer_norm_epsilon", 1e-5F);
    gguf_set_val_bool(gguf_.get(), "bert.attention.causal", false);
  }

  void AddVocabulary() {
    const std::vector<const char*> tokens = {
        "[PAD]",  "[UNK]",     "[CLS]",     "[SEP]",
        "[MASK]", "\u2581one", "\u2581two", "\u2581three"};
    const std::vector<int32_t> types = {3, 3, 3, 3, 3, 1, 1, 1};
    const std::vector<float> scores(tokens.size(), 0);
    gguf_context* gguf = gguf_.get();
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "bert");
    gguf_set_val_u32(gguf, "tokenizer.ggml.token_type_count", 2);
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens",
                     const_cast<const char**>(tokens.data()), tokens.size());
    gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32,
                      scores.data(), scores.size());
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32,
                      types.data(), types.size());
    gguf_set_val_u32(gguf, "tokenizer.ggml.padding_token_id", 0);
    gguf_set_val_u32(gguf, "tokenizer.ggml.unknown_token_id", 1);
    gguf_set_val_u32(gguf, "tokenizer.ggml.cls_token_id", 2);
    gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", 2);
    gguf_set_val_u32(gguf, "tokenizer.ggml.seperator_token_id", 3);
    gguf_set_val_u32(gguf, "tokenizer.ggml.mask_token_id", 4);
    vocabulary_size_ = std::ssize(tokens);
  }

  void AddTensor(const std::string& name, int64_t columns, int64_t rows,
                 float mean, float deviation) {
    ggml_tensor* tensor =
        rows == 0
            ? ggml_new_tensor_1d(ggml_.get(), GGML_TYPE_F32, columns)
            : ggml_new_tensor_2d(ggml_.get(), GGML_TYPE_F32, columns, rows);
    ggml_set_name(tensor, name.c_str());
    gguf_add_tensor(gguf_.get(), tensor);
    std::normal_distribution<float> noise(0, 1);
    std::generate_n(ggml_get_data_f32(tensor),
                    columns * std::max<int64_t>(rows, 1),
                    [&] { return mean + deviation * noise(random_); });
  }

  void AddLinear(const std::string& name, int64_t columns, int64_t rows) {
    AddTensor(name + ".weight", columns, rows, 0, 0.2F);
    AddTensor(name + ".bias", rows, 0, 0, 0.1F);
  }

  void AddNorm(const std::string& name) {
    AddTensor(name + ".weight", kWidth, 0, 1, 0);
    AddTensor(name + ".bias", kWidth, 0, 0, 0);
  }

  void AddTensors() {
    AddTensor("token_embd.weight", kWidth, vocabulary_size_, 0, 1);
    AddTensor("token_types.weight", kWidth, 2, 0, 0.1F);
    AddTensor("position_embd.weight", kWidth, model_.context_tokens, 0, 0.3F);
    AddNorm("token_embd_norm");
    for (int64_t layer = 0; layer < kLayers; ++layer) {
      const std::string prefix = absl::StrCat("blk.", layer, ".");
      for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
        AddLinear(prefix + name, kWidth, kWidth);
      }
      AddNorm(prefix + "attn_output_norm");
      AddLinear(prefix + "ffn_up", kWidth, 2 * kWidth);
      AddLinear(prefix + "ffn_down", 2 * kWidth, kWidth);
      AddNorm(prefix + "layer_output_norm");
    }
  }

  const TinyEncoder& model_;
  int64_t vocabulary_size_ = 0;
  std::mt19937 random_{1};
  ggml_context_ptr ggml_;
  gguf_context_ptr gguf_;
};

}  // namespace

std::string TinyEncoder::Write(const std::string& name) const {
  const std::string path = TestFile(absl::StrCat(name, ".gguf"));
  Writer(*this).Write(path);
  return path;
}

}  // namespace hwledger
