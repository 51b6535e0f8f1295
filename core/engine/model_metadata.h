#pragma once

#include <string>
#include <string_view>

struct llama_model;  // NOLINT(readability-identifier-naming)

namespace hwledger {

// What a model's file says under `key`, as text; empty where it says nothing.
std::string Metadata(const llama_model* model, const std::string& key);

// The same of a key that begins with the model's architecture:
// "llama.pooling_type".
std::string ArchitectureMetadata(const llama_model* model,
                                 std::string_view key);

}  // namespace hwledger
