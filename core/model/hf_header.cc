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
#include "core/model/hf_sparse.h"

namespace hwledger {
namespace {

// No model is deeper, and a header is made of every layer.
constexpr int64_t kLayersMax = 1024;

struct Architecture {
  std::string_view model_type;  // In a config.
  std::string_view name;        // In GGUF.
};

constexpr Architecture kArchitectures[] = {
    {"arcee", "arcee"},
    {"bailing_moe", "bailingmoe"},
    {"bailing_moe_v2", "bailingmoe2"},
    {"bloom", "bloom"},
    {"cohere", "command-r"},
    {"cohere2", "cohere2"},
    {"dbrx", "dbrx"},
    {"deepseek_v2", "deepseek2"},
    {"deepseek_v3", "deepseek2"},
    {"deepseek_v32", "deepseek32"},
    {"dots1", "dots1"},
    {"ernie4_5", "ernie4_5"},
    {"ernie4_5_moe", "ernie4_5-moe"},
    {"exaone", "exaone"},
    {"exaone4", "exaone4"},
    {"falcon", "falcon"},
    {"falcon_h1", "falcon-h1"},
    {"falcon_mamba", "mamba"},
    {"gemma", "gemma"},
    {"gemma2", "gemma2"},
    {"gemma3_text", "gemma3"},
    {"gemma3n_text", "gemma3n"},
    {"gemma4_text", "gemma4"},
    {"glm", "chatglm"},
    {"glm4", "glm4"},
    {"glm4_moe", "glm4moe"},
    {"glm4_moe_lite", "deepseek2"},
    {"glm_moe_dsa", "glm-dsa"},
    {"gpt2", "gpt2"},
    {"gpt_neox", "gptneox"},
    {"gpt_oss", "gpt-oss"},
    {"granite", "granite"},
    {"granitemoe", "granitemoe"},
    {"granitemoehybrid", "granitehybrid"},
    {"grok-1", "grok"},
    {"hunyuan_v1_dense", "hunyuan-dense"},
    {"hunyuan_v1_moe", "hunyuan-moe"},
    {"internlm2", "internlm2"},
    {"jamba", "jamba"},
    {"kimi_k2", "deepseek2"},
    {"kimi_linear", "kimi-linear"},
    {"lfm2", "lfm2"},
    {"lfm2_moe", "lfm2moe"},
    {"llama", "llama"},
    {"llama4_text", "llama4"},
    {"mamba", "mamba"},
    {"mamba2", "mamba2"},
    {"mimo_v2_flash", "mimo2"},
    {"minicpm", "minicpm"},
    {"minicpm3", "minicpm3"},
    {"minimax_m2", "minimax-m2"},
    {"ministral3", "mistral3"},
    {"mistral", "llama"},
    {"mixtral", "llama"},
    {"mpt", "mpt"},
    {"nemotron", "nemotron"},
    {"nemotron-nas", "deci"},
    {"nemotron_h", "nemotron_h"},
    {"olmo2", "olmo2"},
    {"olmo3", "olmo2"},
    {"olmoe", "olmoe"},
    {"openelm", "openelm"},
    {"phi", "phi2"},
    {"phi3", "phi3"},
    {"phimoe", "phimoe"},
    {"qwen2", "qwen2"},
    {"qwen2_moe", "qwen2moe"},
    {"qwen3", "qwen3"},
    {"qwen3_5_moe_text", "qwen35moe"},
    {"qwen3_5_text", "qwen35"},
    {"qwen3_moe", "qwen3moe"},
    {"qwen3_next", "qwen3next"},
    {"rwkv6", "rwkv6"},
    {"rwkv7", "rwkv7"},
    {"seed_oss", "seed_oss"},
    {"smollm3", "smollm3"},
    {"stablelm", "stablelm"},
    {"starcoder2", "starcoder2"},
};

constexpr std::string_view kLatentAttention[] = {
    "deepseek_v2",   "deepseek_v3", "deepseek_v32",
    "glm4_moe_lite", "glm_moe_dsa", "kimi_k2"};

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

// Both generations of Ling are of the same type; only the second normalizes the
// heads of its attention.
std::string ModelTypeOf(HfConfig& config) {
  std::string model_type = config.TextOr("model_type", "");
  if (model_type == "bailing_moe" && config.FlagOr("use_qk_norm", false)) {
    model_type += "_v2";
  }
  return model_type;
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

// As llama.cpp reads them, each key and value head serves as many queries.
absl::Status CheckHeads(const GgufHeader& header,
                        std::string_view architecture) {
  const auto heads =
      header.Integer(absl::StrCat(architecture, ".attention.head_count"));
  const auto kv_heads =
      header.Integer(absl::StrCat(architecture, ".attention.head_count_kv"));
  if (!heads || kv_heads.value_or(0) <= 0 || *heads % *kv_heads == 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "the model's config must have a multiple of 'num_key_value_heads' under "
      "'num_attention_heads'; got ",
      *heads, ", and ", *kv_heads, " of the former"));
}

void AddModel(std::string_view model_type, HfConfig& config,
              HeaderDraft& draft) {
  if (const SparseFamily* family = FindSparseFamily(model_type)) {
    return AddSparseDecoder(*family, config, draft);
  }
  if (absl::c_linear_search(kLatentAttention, model_type)) {
    return AddDeepSeek(model_type, config, draft);
  }
  if (AddRecurrentModel(model_type, config, draft)) return;
  if (model_type == "gemma3n_text") return AddGemma3n(config, draft);
  if (model_type == "gemma4_text") return AddGemma4(config, draft);
  if (model_type == "minicpm3") return AddMiniCpm3(config, draft);
  if (model_type == "nemotron-nas") return AddNemotronNas(config, draft);
  if (model_type == "openelm") return AddOpenElm(config, draft);
  AddDecoder(model_type, config, draft);
}

}  // namespace

absl::StatusOr<GgufHeader> HeaderOfHfConfig(std::string_view config_json) {
  ABSL_ASSIGN_OR_RETURN(HfConfig config, HfConfig::Parse(config_json));
  const std::string model_type = ModelTypeOf(config);
  ABSL_ASSIGN_OR_RETURN(const Architecture architecture,
                        ArchitectureOf(config, model_type));
  const int64_t layers = config.CountOfAny({"num_hidden_layers", "n_layers"});
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
  ABSL_RETURN_IF_ERROR(CheckHeads(header, architecture.name));
  return header;
}

}  // namespace hwledger
