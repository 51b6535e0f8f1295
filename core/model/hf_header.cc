#include "core/model/hf_header.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/model/header_draft.h"
#include "core/model/hf_architecture.h"
#include "core/model/hf_config.h"
#include "core/model/hf_recurrent.h"

namespace hwledger {
namespace {

// No model is deeper, and a header is made of every layer.
constexpr int64_t kLayersMax = 1024;

struct Architecture {
  std::string_view model_type;  // In a config.
  std::string_view name;        // In GGUF.
};

constexpr Architecture kArchitectures[] = {
    {"deepseek_v2", "deepseek2"},
    {"deepseek_v3", "deepseek2"},
    {"falcon_h1", "falcon-h1"},
    {"falcon_mamba", "mamba"},
    {"gemma3_text", "gemma3"},
    {"gpt_oss", "gpt-oss"},
    {"granitemoehybrid", "granitehybrid"},
    {"jamba", "jamba"},
    {"kimi_linear", "kimi-linear"},
    {"lfm2", "lfm2"},
    {"lfm2_moe", "lfm2moe"},
    {"llama", "llama"},
    {"mamba", "mamba"},
    {"mamba2", "mamba2"},
    {"mistral", "llama"},
    {"mixtral", "llama"},
    {"nemotron_h", "nemotron_h"},
    {"phi3", "phi3"},
    {"qwen2", "qwen2"},
    {"qwen3", "qwen3"},
    {"qwen3_5_moe_text", "qwen35moe"},
    {"qwen3_5_text", "qwen35"},
    {"qwen3_moe", "qwen3moe"},
    {"qwen3_next", "qwen3next"},
    {"rwkv6", "rwkv6"},
    {"rwkv7", "rwkv7"},
};

absl::StatusOr<Architecture> ArchitectureOf(const HfConfig& config,
                                            std::string_view model_type) {
  std::string known;
  for (Architecture architecture : kArchitectures) {
    if (architecture.model_type == model_type) {
      // The one type that has two names.
      if (model_type == "nemotron_h" && config.Has("num_experts_per_tok")) {
        architecture.name = "nemotron_h_moe";
      }
      return architecture;
    }
    absl::StrAppend(&known, known.empty() ? "" : ", ", architecture.model_type);
  }
  return absl::UnimplementedError(
      absl::StrCat("the tensors of this type of model are not known; "
                   "'model_type' must be one of ",
                   known, "; got '", model_type, "'"));
}

// How llama.cpp names the file's type: LLAMA_FTYPE_*.
struct FileType {
  std::string_view dtype;
  std::string_view weights;
  int64_t id = 0;
};

constexpr FileType kFileTypes[] = {
    {"float32", "F32", 0}, {"float16", "F16", 1}, {"bfloat16", "BF16", 32}};

FileType FileTypeOf(std::string_view dtype) {
  for (const FileType& type : kFileTypes) {
    if (type.dtype == dtype) return type;
  }
  return kFileTypes[2];  // What all but the oldest models are published in.
}

// Sizes that are sound one by one may not be together: fewer elements than
// heads, more groups than elements.
absl::Status CheckDimensions(const GgufHeader& header) {
  for (const GgufTensor& tensor : header.tensors) {
    if (absl::c_contains(tensor.dimensions, 0)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the sizes in the model's config contradict each other: they leave "
          "nothing of tensor '",
          tensor.name, "'"));
    }
  }
  return absl::OkStatus();
}

void AddModel(std::string_view model_type, HfConfig& config,
              HeaderDraft& draft) {
  if (model_type.starts_with("deepseek")) return AddDeepSeek(config, draft);
  if (AddRecurrentModel(model_type, config, draft)) return;
  AddDecoder(model_type, config, draft);
}

}  // namespace

absl::StatusOr<GgufHeader> HeaderOfHfConfig(std::string_view config_json) {
  ABSL_ASSIGN_OR_RETURN(HfConfig config, HfConfig::Parse(config_json));
  const std::string model_type = config.TextOr("model_type", "");
  ABSL_ASSIGN_OR_RETURN(const Architecture architecture,
                        ArchitectureOf(config, model_type));
  const int64_t layers = config.Count("num_hidden_layers");
  if (layers > kLayersMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("the model's config must have at most ", kLayersMax,
                     " under 'num_hidden_layers'; got ", layers));
  }

  const FileType type =
      FileTypeOf(config.TextOr("torch_dtype", config.TextOr("dtype", "")));
  HeaderDraft draft(std::string(architecture.name),
                    FindTensorType(type.weights));
  draft.SetGeneral("general.file_type", type.id);
  // libllama asks for no vocabulary then, and for <architecture>.vocab_size.
  draft.SetGeneral("tokenizer.ggml.model", std::string("none"));
  AddModel(model_type, config, draft);
  ABSL_RETURN_IF_ERROR(config.status());
  GgufHeader header = std::move(draft).Finish();
  ABSL_RETURN_IF_ERROR(CheckDimensions(header));
  return header;
}

}  // namespace hwledger
