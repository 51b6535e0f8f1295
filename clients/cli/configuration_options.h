#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/command_line.h"

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
  AddField<int32_t>(command, "--micro-batch-size", "TOKENS",
                    "Tokens computed in one pass",
                    [&](const int32_t& tokens) {
                      configuration.set_micro_batch_size(tokens);
                    })
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--gpu-layers", "N",
      "Layers placed on the GPUs, from the last; default: all",
      [&](const int32_t& layers) { configuration.set_gpu_layers(layers); })
      ->group(kConfigurationGroup);
}

}  // namespace hwledger
