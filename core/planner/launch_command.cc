#include "core/planner/launch_command.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace hwledger {
namespace {

// The default of --batch-size.
constexpr int64_t kLlamaServerBatchTokens = 2048;

std::string ShellQuoted(const std::string& text) {
  const bool is_plain =
      text.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "_-./+:") == std::string::npos;
  if (is_plain && !text.empty()) return text;
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string_view FlagOf(FlashAttention flash_attention) {
  switch (flash_attention) {
    case FlashAttention::kAuto:
      break;
    case FlashAttention::kOn:
      return "on";
    case FlashAttention::kOff:
      return "off";
  }
  return "auto";
}

// llama-server knows types in lower case alone.
void AppendCacheType(std::string_view flag, std::string_view type,
                     std::string& command) {
  const std::string lower = absl::AsciiStrToLower(type);
  if (lower != "f16") absl::StrAppend(&command, " ", flag, " ", lower);
}

void AppendAdditions(const Additions& additions, GpuUse gpus,
                     std::string& command) {
  if (additions.projector) {
    absl::StrAppend(&command, " --mmproj ",
                    ShellQuoted(additions.projector->file));
  }
  for (const LoraAdapter& adapter : additions.adapters) {
    absl::StrAppend(&command, " --lora ", ShellQuoted(adapter.file));
  }
  if (!additions.draft) return;
  const DraftAddition& draft = *additions.draft;
  // Without a type of speculation the draft is loaded, and never asked.
  absl::StrAppend(&command, " -md ",
                  draft.file.empty() ? "DRAFT.gguf" : ShellQuoted(draft.file),
                  " --spec-type draft-simple");
  AppendCacheType("-ctkd", draft.kv_cache_type_k, command);
  AppendCacheType("-ctvd", draft.kv_cache_type_v, command);
  if (gpus == GpuUse::kAsPlanned) absl::StrAppend(&command, " -ngld all");
}

// Which layers go where: by itself llama-server decides by what is free, and
// leaves a margin.
void AppendPlacement(const EngineOptions& options, GpuUse gpus,
                     std::string& command) {
  if (gpus == GpuUse::kNone) {
    absl::StrAppend(&command, " -dev none");
  } else if (options.gpu_layers < 0) {
    absl::StrAppend(&command, " -ngl all");
  } else {
    absl::StrAppend(&command, " -ngl ", options.gpu_layers);
  }
  if (options.cpu_moe_layers > 0) {
    absl::StrAppend(&command, " --n-cpu-moe ", options.cpu_moe_layers);
  }
  if (options.split_mode == SplitMode::kTensor) {
    absl::StrAppend(&command, " --split-mode tensor");
  }
  absl::StrAppend(&command, " --fit off");
}

}  // namespace

std::string LlamaServerCommand(const std::string& path,
                               const EngineOptions& options,
                               const Additions& additions, GpuUse gpus) {
  // llama-server's context is that of all slots together.
  std::string command =
      absl::StrCat("llama-server -m ", ShellQuoted(path), " -c ",
                   options.sequence_length * options.slot_count, " -np ",
                   options.slot_count);
  // A micro-batch is no larger than a batch.
  if (options.micro_batch_size > kLlamaServerBatchTokens) {
    absl::StrAppend(&command, " -b ", options.micro_batch_size);
  }
  absl::StrAppend(&command, " -ub ", options.micro_batch_size, " -fa ",
                  FlagOf(options.flash_attention));
  if (options.kv_unified) absl::StrAppend(&command, " --kv-unified");
  if (options.swa_full) absl::StrAppend(&command, " --swa-full");
  AppendCacheType("-ctk", options.kv_cache_type_k, command);
  AppendCacheType("-ctv", options.kv_cache_type_v, command);
  AppendPlacement(options, gpus, command);
  // Prompts that it keeps in main memory, up to 8 GiB of them by itself.
  absl::StrAppend(&command, " -cram 0");
  AppendAdditions(additions, gpus, command);
  return command;
}

std::string LlamaQuantizeCommand(const std::string& from, const std::string& to,
                                 std::string_view quantization) {
  return absl::StrCat("llama-quantize --allow-requantize ", ShellQuoted(from),
                      " ", ShellQuoted(to), " ",
                      ShellQuoted(absl::AsciiStrToUpper(quantization)));
}

std::string VllmServeCommand(const std::string& repository,
                             const VllmOptions& options,
                             const VllmWeightOptions& weights) {
  std::string command = absl::StrCat(
      "vllm serve ", ShellQuoted(repository), " --max-model-len ",
      options.sequence_length, " --max-num-seqs ", options.sequence_count,
      " --gpu-memory-utilization ", options.memory_utilization);
  if (!weights.quantization.empty()) {
    absl::StrAppend(&command, " --quantization ", weights.quantization);
  }
  if (!weights.dtype.empty()) {
    absl::StrAppend(&command, " --dtype ", weights.dtype);
  }
  if (options.tensor_parallel_size > 1) {
    absl::StrAppend(&command, " --tensor-parallel-size ",
                    options.tensor_parallel_size);
  }
  if (options.fp8_kv_cache) absl::StrAppend(&command, " --kv-cache-dtype fp8");
  if (options.batch_tokens_max > 0) {
    absl::StrAppend(&command, " --max-num-batched-tokens ",
                    options.batch_tokens_max);
  }
  if (options.enforce_eager) absl::StrAppend(&command, " --enforce-eager");
  return command;
}

}  // namespace hwledger
