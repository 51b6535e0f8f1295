#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "clients/cli/command_line.h"
#include "clients/cli/configuration_options.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/units.h"
#include "clients/cli/wire_time.h"
#include "hwledger/v1/library.pb.h"

namespace hwledger {

// What is proposed for the model to check, several tokens in a step. `load`
// must outlive `command`.
inline void AddDraftOptions(CLI::App& command, v1::LoadOptions& load) {
  command
      .add_flag_callback(
          "--ngram-lookup", [&load] { load.set_ngram_lookup(true); },
          "Propose tokens that followed the same ones before; needs no model")
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--draft-tokens", "N",
      "Tokens proposed at once, up to 64; default: 8",
      [&load](const int32_t& count) { load.set_draft_tokens_max(count); })
      ->group(kConfigurationGroup);
}

// How to load a model. `load` must outlive `command`.
inline void AddLoadOptions(CLI::App& command, v1::LoadOptions& load) {
  AddField<int32_t>(
      command, "-c,--sequence-length", "TOKENS",
      "Context of each sequence; default: what the model was "
      "trained for, at most 4096",
      [&load](const int32_t& tokens) { load.set_sequence_length(tokens); },
      /*least=*/1)
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "-n,--batch-size,--slots", "N",
      "Sequences generated at once; default: 4",
      [&load](const int32_t& count) { load.set_batch_size(count); },
      /*least=*/1)
      ->group(kConfigurationGroup);
  AddConfigurationOptions(command, load);
  AddField<std::vector<std::string>>(
      command, "--lora", "FILE",
      "LoRA adapter, loaded beside the model. May be repeated",
      [&load](const std::vector<std::string>& files) {
        for (const std::string& file : files) {
          load.add_lora_adapters()->set_path(ModelId(file));
        }
      })
      ->group(kConfigurationGroup);
  AddField<int32_t>(
      command, "--threads", "N",
      "Threads to compute with; default: one per core",
      [&load](const int32_t& count) { load.set_thread_count(count); },
      /*least=*/1)
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--ttl", "TIME",
      "Unload it after so long without a request: 90s, 10m, 2h; default: as "
      "the daemon is set up",
      [&load](const std::string& text) {
        *load.mutable_idle_ttl() = ToMessage(*ParseElapsed(text));
      })
      ->check([](const std::string& text) {
        return std::string(ParseElapsed(text).status().message());
      })
      ->group(kConfigurationGroup);
  command
      .add_flag_callback(
          "--pin", [&load] { load.set_pinned(true); },
          "Keep it, however idle it is and whoever wants its memory")
      ->group(kConfigurationGroup);
  AddField<std::string>(
      command, "--prefix-cache", "SIZE",
      "Main memory for what was computed of prompts and has left the KV cache; "
      "default: 256MiB",
      [&load](const std::string& text) {
        load.set_prefix_cache_bytes(*ParseBytes(text));
      })
      ->check([](const std::string& text) {
        return std::string(ParseBytes(text).status().message());
      })
      ->group(kConfigurationGroup);
  AddDraftOptions(command, load);
}

}  // namespace hwledger
