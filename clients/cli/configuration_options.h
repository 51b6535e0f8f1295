#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/command_line.h"
#include "clients/cli/model_argument.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// The options that planning and loading share: `Configuration` is
// v1::EstimateVramRequest or v1::LoadOptions, whose fields have the same names.
// `configuration` must outlive `command`.
template <typename Configuration>
void AddConfigurationOptions(CLI::App& command, Configuration& configuration) {
  AddField<std::string>(
      command, "--kv-cache-type", "TYPE",
      "Type of the cached keys and values: f16, q8_0, q4_0, …",
      [&](const std::string& type) {
        configuration.set_kv_cache_type_k(type);
        configuration.set_kv_cache_type_v(type);
      })
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--kv-cache-type-k", "TYPE", "Type of the cached keys alone",
      [&](const std::string& type) { configuration.set_kv_cache_type_k(type); })
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--kv-cache-type-v", "TYPE", "Type of the cached values alone",
      [&](const std::string& type) { configuration.set_kv_cache_type_v(type); })
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--micro-batch-size", "TOKENS", "Tokens computed in one pass",
      [&](const int32_t& tokens) {
        configuration.set_micro_batch_size(tokens);
      },
      /*least=*/1)
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--gpu-layers", "N",
      "Layers placed on the GPUs, from the last; default: all",
      [&](const int32_t& layers) { configuration.set_gpu_layers(layers); },
      /*least=*/0)
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--cpu-moe-layers", "N",
      "Layers, from the first, whose experts stay in main memory; default: 0",
      [&](const int32_t& layers) { configuration.set_cpu_moe_layers(layers); },
      /*least=*/0)
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--flash-attention", "WHEN", "Use flash attention",
      [&](const std::string& word) {
        configuration.set_flash_attention(word == "on" ? v1::FLASH_ATTENTION_ON
                                          : word == "off"
                                              ? v1::FLASH_ATTENTION_OFF
                                              : v1::FLASH_ATTENTION_AUTO);
      })
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->group(kConfigurationGroup);
  command
      .add_flag_callback(
          "--kv-per-sequence", [&] { configuration.set_kv_unified(false); },
          "Give each sequence a cache of its own instead of a shared one")
      ->group(kConfigurationGroup);
  command
      .add_flag_callback(
          "--swa-full", [&] { configuration.set_swa_full(true); },
          "Cache the whole context also in layers with a sliding window")
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--draft", "MODEL",
      "Smaller model, loaded beside it, that proposes tokens for it to check",
      [&](const std::string& model) {
        configuration.set_draft_model_id(ModelId(model));
      })
      ->group(kConfigurationGroup);
}

}  // namespace hwledger
