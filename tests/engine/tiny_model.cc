#include "tests/engine/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/types/span.h"
#include "ggml-cpp.h"
#include "ggml.h"
#include "gguf.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

enum TokenType : int32_t {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kByte = 6,
};

class Writer {
 public:
  explicit Writer(const TinyModel& model)
      : model_(model),
        ggml_(ggml_init({.mem_size = size_t{64} << 20})),
        gguf_(gguf_init_empty()) {}

  void Write(const std::string& path) {
    AddShape();
    AddVocabulary();
    AddTensors();
    EXPECT_TRUE(gguf_write_to_file(gguf_.get(), path.c_str(), false)) << path;
  }

 private:
  static constexpr int64_t kConvolution = 4;
  static constexpr int64_t kStates = 16;
  static constexpr int64_t kTimeSteps = 4;

  bool random() const { return model_.successors.empty(); }
  int64_t head_elements() const {
    return model_.embedding_elements / model_.head_count;
  }
  int64_t inner_elements() const { return 2 * model_.embedding_elements; }
  int64_t vocabulary_size() const {
    return TinyModel::WordToken(std::ssize(model_.words));
  }

  bool is_gemma() const { return model_.architecture == "gemma2"; }
  bool is_recurrent(int64_t layer) const {
    return model_.architecture == "mamba" ||
           (model_.architecture == "jamba" && layer % 2 == 0);
  }

  void SetInteger(const std::string& key, int64_t value) {
    gguf_set_val_u32(gguf_.get(),
                     absl::StrCat(model_.architecture, ".", key).c_str(),
                     static_cast<uint32_t>(value));
  }

  void AddShape() {
    gguf_set_val_str(gguf_.get(), "general.architecture",
                     model_.architecture.c_str());
    SetInteger("context_length", 4096);
    SetInteger("embedding_length", model_.embedding_elements);
    SetInteger("block_count", model_.layer_count);
    SetInteger("feed_forward_length", 3 * model_.embedding_elements);
    SetInteger("attention.head_count", model_.head_count);
    AddKeyValueHeads();
    gguf_set_val_f32(
        gguf_.get(),
        absl::StrCat(model_.architecture, ".attention.layer_norm_rms_epsilon")
            .c_str(),
        1e-5F);
    if (is_gemma()) {
      SetInteger("attention.sliding_window", model_.window_tokens);
      SetInteger("attention.key_length", head_elements());
      SetInteger("attention.value_length", head_elements());
    }
    if (is_recurrent(0)) {
      SetInteger("ssm.conv_kernel", kConvolution);
      SetInteger("ssm.inner_size", inner_elements());
      SetInteger("ssm.state_size", kStates);
      SetInteger("ssm.time_step_rank", kTimeSteps);
    }
    for (const auto& [key, number] : model_.numbers) {
      gguf_set_val_f32(gguf_.get(), key.c_str(), number);
    }
  }

  void AddKeyValueHeads() {
    std::vector<int32_t> heads;
    for (int64_t layer = 0; layer < model_.layer_count; ++layer) {
      heads.push_back(
          is_recurrent(layer) ? 0 : static_cast<int32_t>(model_.head_count));
    }
    gguf_set_arr_data(
        gguf_.get(),
        absl::StrCat(model_.architecture, ".attention.head_count_kv").c_str(),
        GGUF_TYPE_INT32, heads.data(), heads.size());
  }

  void AddVocabulary() {
    std::vector<std::string> tokens = {"<unk>", "<s>", "</s>"};
    std::vector<int32_t> types = {kUnknown, kControl, kControl};
    for (int byte = 0; byte < 256; ++byte) {
      tokens.push_back(absl::StrFormat("<0x%02X>", byte));
      types.push_back(kByte);
    }
    for (const std::string& word : model_.words) {
      tokens.push_back(absl::StrReplaceAll(word, {{" ", "\u2581"}}));
      types.push_back(kNormal);
    }
    std::vector<const char*> texts(tokens.size());
    std::transform(tokens.begin(), tokens.end(), texts.begin(),
                   [](const std::string& token) { return token.c_str(); });
    const std::vector<float> scores(tokens.size(), 0);

    gguf_context* gguf = gguf_.get();
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "llama");
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", texts.data(), texts.size());
    gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32,
                      scores.data(), scores.size());
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32,
                      types.data(), types.size());
    gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", TinyModel::kBegin);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", TinyModel::kEnd);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_bos_token",
                      model_.begins_with_token);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_space_prefix", false);
    if (model_.chat_template) {
      gguf_set_val_str(gguf, "tokenizer.chat_template",
                       model_.chat_template->c_str());
    }
  }

  float* AddTensor(const std::string& name, int64_t columns, int64_t rows) {
    ggml_tensor* tensor =
        ggml_new_tensor_2d(ggml_.get(), GGML_TYPE_F32, columns, rows);
    ggml_set_name(tensor, name.c_str());
    gguf_add_tensor(gguf_.get(), tensor);
    return ggml_get_data_f32(tensor);
  }

  void FillWithNoise(float deviation, absl::Span<float> values) {
    std::normal_distribution<float> noise(0, 1);
    for (float& value : values) value = deviation * noise(random_);
  }

  float* AddNoise(const std::string& name, int64_t columns, int64_t rows,
                  float deviation) {
    float* values = AddTensor(name, columns, rows);
    FillWithNoise(deviation, {values, static_cast<size_t>(columns * rows)});
    return values;
  }

  // Of a layer.
  void AddMatrix(const std::string& name, int64_t columns, int64_t rows,
                 float deviation) {
    if (!model_.quantized) {
      AddNoise(name, columns, rows, deviation);
      return;
    }
    std::vector<float> values(static_cast<size_t>(columns * rows));
    FillWithNoise(deviation, absl::MakeSpan(values));
    ggml_tensor* tensor =
        ggml_new_tensor_2d(ggml_.get(), GGML_TYPE_Q8_0, columns, rows);
    ggml_quantize_chunk(GGML_TYPE_Q8_0, values.data(), tensor->data,
                        /*start=*/0, rows, columns, /*imatrix=*/nullptr);
    ggml_set_name(tensor, name.c_str());
    gguf_add_tensor(gguf_.get(), tensor);
  }

  void AddConstant(const std::string& name, int64_t columns, int64_t rows,
                   float value) {
    std::fill_n(AddTensor(name, columns, rows), columns * rows, value);
  }

  void AddNorm(const std::string& name) {
    AddConstant(name, model_.embedding_elements, 1, 1);
  }

  // Layers that recite add nothing to the embedding of the last token.
  void AddLayer(int64_t layer) {
    const std::string prefix = absl::StrCat("blk.", layer, ".");
    const float deviation =
        random()
            ? 2.0F / std::sqrt(static_cast<float>(model_.embedding_elements))
            : 0.0F;
    AddNorm(prefix + "attn_norm.weight");
    if (is_recurrent(layer)) {
      AddRecurrence(prefix, deviation);
    } else {
      AddAttention(prefix, deviation);
    }
    if (model_.architecture != "mamba") AddFeedForward(prefix, deviation);
  }

  void AddAttention(const std::string& prefix, float deviation) {
    const int64_t width = model_.embedding_elements;
    for (const char* name : {"attn_q", "attn_k", "attn_v", "attn_output"}) {
      AddMatrix(absl::StrCat(prefix, name, ".weight"), width, width, deviation);
    }
    if (is_gemma()) AddPostNorm(prefix + "post_attention_norm.weight");
  }

  void AddFeedForward(const std::string& prefix, float deviation) {
    const int64_t width = model_.embedding_elements;
    AddNorm(prefix + "ffn_norm.weight");
    AddMatrix(prefix + "ffn_gate.weight", width, 3 * width, deviation);
    AddMatrix(prefix + "ffn_up.weight", width, 3 * width, deviation);
    AddMatrix(prefix + "ffn_down.weight", 3 * width, width, deviation);
    if (is_gemma()) AddPostNorm(prefix + "post_ffw_norm.weight");
  }

  // Large: what the layers add stands out from the last token's embedding,
  // which is also its row of the output.
  void AddPostNorm(const std::string& name) {
    AddConstant(name, model_.embedding_elements, 1, 16);
  }

  void AddRecurrence(const std::string& prefix, float deviation) {
    const int64_t width = model_.embedding_elements;
    const int64_t inner = inner_elements();
    AddMatrix(prefix + "ssm_in.weight", width, 2 * inner, deviation);
    AddNoise(prefix + "ssm_conv1d.weight", kConvolution, inner, 0.5F);
    AddNoise(prefix + "ssm_conv1d.bias", inner, 1, 0.1F);
    AddMatrix(prefix + "ssm_x.weight", inner, kTimeSteps + 2 * kStates,
              deviation);
    AddNoise(prefix + "ssm_dt.weight", kTimeSteps, inner, 0.5F);
    AddNoise(prefix + "ssm_dt.bias", inner, 1, 0.1F);
    AddConstant(prefix + "ssm_a", kStates, inner, -0.1F);
    AddConstant(prefix + "ssm_d", inner, 1, 1);
    AddMatrix(prefix + "ssm_out.weight", inner, width, deviation);
    if (model_.architecture != "jamba") return;
    AddConstant(prefix + "ssm_dt_norm.weight", kTimeSteps, 1, 1);
    AddConstant(prefix + "ssm_b_norm.weight", kStates, 1, 1);
    AddConstant(prefix + "ssm_c_norm.weight", kStates, 1, 1);
  }

  // The output row of a successor is the embedding of what it follows: their
  // product stands out from those of unrelated ones.
  void AddTensors() {
    const int64_t width = model_.embedding_elements;
    const float* embeddings =
        AddNoise("token_embd.weight", width, vocabulary_size(), 1);
    for (int64_t layer = 0; layer < model_.layer_count; ++layer) {
      AddLayer(layer);
    }
    // The logits of a gemma are cut off softly: large ones would all be equal.
    AddConstant("output_norm.weight", width, 1, is_gemma() ? 0.2F : 1);
    if (is_gemma()) return;  // Its output is the embedding.
    float* outputs = AddNoise("output.weight", width, vocabulary_size(),
                              random() ? 0.3F : 0.0F);
    for (const auto& [token, next] : model_.successors) {
      for (int64_t i = 0; i < width; ++i) {
        outputs[next * width + i] += embeddings[token * width + i];
      }
    }
  }

  const TinyModel& model_;
  std::mt19937 random_{1};
  ggml_context_ptr ggml_;
  gguf_context_ptr gguf_;
};

}  // namespace

TinyModel TinyModel::Reciting(std::vector<std::string> words) {
  TinyModel model = {.words = std::move(words)};
  TokenId last = ByteToken('>');
  for (int64_t word = 0; word < std::ssize(model.words); ++word) {
    model.successors.emplace_back(last, WordToken(word));
    last = WordToken(word);
  }
  model.successors.emplace_back(last, kEnd);
  return model;
}

std::string TinyModel::Write(const std::string& name) const {
  const std::string path = TestFile(absl::StrCat(name, ".gguf"));
  Writer(*this).Write(path);
  return path;
}

}  // namespace hwledger
