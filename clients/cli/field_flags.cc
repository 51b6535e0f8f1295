#include "clients/cli/field_flags.h"

#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

// Options whose names are their fields'.
constexpr std::array kAlike = {
    "batch_size",       "cpu_moe_layers",  "draft_quantization",
    "flash_attention",  "gpu_layers",      "gpu_memory_utilization",
    "kv_cache_type_k",  "kv_cache_type_v", "method",
    "micro_batch_size", "mmproj",          "ngram_lookup",
    "quantization",     "runtime",         "sequence_length",
    "split_mode",       "swa_full",
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 11>
    kOthers = {{{"devices", "--device"},
                {"draft_kv_cache_type_k", "--draft-kv-cache-type"},
                {"draft_kv_cache_type_v", "--draft-kv-cache-type"},
                {"draft_model_id", "--draft"},
                {"draft_tokens_max", "--draft-tokens"},
                {"idle_ttl", "--ttl"},
                {"model_id", "MODEL"},
                {"prefix_cache_bytes", "--prefix-cache"},
                {"quantizations", "--among"},
                {"reserve_bytes", "--reserve"},
                {"thread_count", "--threads"}}};

// What requests nest, and command lines do not.
constexpr std::array kParents = {"base.", "load.", "options."};

}  // namespace

std::string FlagOf(std::string_view field) {
  for (const char* parent : kParents) {
    if (absl::ConsumePrefix(&field, parent)) break;
  }
  if (absl::c_linear_search(kAlike, field)) {
    return absl::StrCat("--", absl::StrReplaceAll(field, {{"_", "-"}}));
  }
  for (const auto& [name, flag] : kOthers) {
    if (name == field) return std::string(flag);
  }
  // One of a list: "lora_adapters[1]".
  if (absl::ConsumePrefix(&field, "lora_adapters[")) return "--lora";
  return std::string(field);
}

}  // namespace hwledger
