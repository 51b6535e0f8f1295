#include "core/planner/launch_command.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace hwledger {
namespace {

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

std::string FileOr(const std::string& path, const char* placeholder) {
  return path.empty() ? placeholder : ShellQuoted(path);
}

void AppendAdditions(const Additions& additions, std::string& command) {
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
  absl::StrAppend(&command, " -md ", FileOr(draft.file, "DRAFT.gguf"),
                  " --spec-type draft-simple");
  if (draft.kv_cache_type_k != "f16") {
    absl::StrAppend(&command, " -ctkd ", draft.kv_cache_type_k);
  }
  if (draft.kv_cache_type_v != "f16") {
    absl::StrAppend(&command, " -ctvd ", draft.kv_cache_type_v);
  }
}

}  // namespace

std::string LlamaServerCommand(const std::string& path,
                               const EngineOptions& options,
                               const Additions& additions) {
  // llama-server's context is that of all slots together.
  std::string command =
      absl::StrCat("llama-server -m ", FileOr(path, "MODEL.gguf"), " -c ",
                   options.sequence_length * options.slot_count, " -np ",
                   options.slot_count, " -ub ", options.micro_batch_size,
                   " -fa ", FlagOf(options.flash_attention));
  if (options.kv_unified) absl::StrAppend(&command, " --kv-unified");
  if (options.swa_full) absl::StrAppend(&command, " --swa-full");
  if (options.kv_cache_type_k != "f16") {
    absl::StrAppend(&command, " -ctk ", options.kv_cache_type_k);
  }
  if (options.kv_cache_type_v != "f16") {
    absl::StrAppend(&command, " -ctv ", options.kv_cache_type_v);
  }
  if (options.gpu_layers >= 0) {
    absl::StrAppend(&command, " -ngl ", options.gpu_layers);
  }
  if (options.cpu_moe_layers > 0) {
    absl::StrAppend(&command, " --n-cpu-moe ", options.cpu_moe_layers);
  }
  if (options.split_mode == SplitMode::kTensor) {
    absl::StrAppend(&command, " --split-mode tensor");
  }
  AppendAdditions(additions, command);
  return command;
}

std::string VllmServeCommand(const std::string& repository,
                             const VllmOptions& options) {
  if (repository.empty()) return "";
  std::string command = absl::StrCat(
      "vllm serve ", ShellQuoted(repository), " --max-model-len ",
      options.sequence_length, " --max-num-seqs ", options.sequence_count,
      " --gpu-memory-utilization ", options.memory_utilization);
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
