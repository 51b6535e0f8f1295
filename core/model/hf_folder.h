#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/safetensors.h"

namespace hwledger {

// A model in Hugging Face's layout: config.json, and its weights beside it.
struct HfFolder {
  std::string config_json;
  // Absent: there are no safetensors, or not all of them.
  std::optional<StoredTensors> stored;
  std::vector<std::string> files;     // That were read.
  std::vector<std::string> warnings;  // Whole sentences.
};

// A config.json is some kilobytes; one with long lists of tensors that are not
// quantized, some hundreds.
inline constexpr int64_t kConfigBytesMax = 4 << 20;

// Reads config.json and the headers of the safetensors, not the weights.
//
// NotFound: no config.json. DataLoss: a file is damaged; says which and where.
absl::StatusOr<HfFolder> ReadHfFolder(const std::string& path);

}  // namespace hwledger
