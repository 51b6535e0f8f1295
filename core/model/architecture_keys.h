#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/gguf.h"

namespace hwledger {

// Reads the hyperparameters of a header: "block_count" is the key
// "llama.block_count" of a llama. Every value is checked to lie within limits
// that keep arithmetic on a few of them from overflowing, so a hostile file
// gives DataLoss. Does not outlive `header`.
class ArchitectureKeys {
 public:
  // No hyperparameter of a real model comes near.
  static constexpr int64_t kValueMax = int64_t{1} << 20;
  static constexpr int64_t kLayersMax = 512;  // LLAMA_MAX_LAYERS

  static absl::StatusOr<ArchitectureKeys> Create(const GgufHeader& header);

  const std::string& architecture() const { return architecture_; }
  int64_t layer_count() const { return layer_count_; }
  // Of those, the last ones, which only predict tokens beyond the next one.
  int64_t prediction_layer_count() const { return prediction_layer_count_; }

  bool Has(std::string_view key) const;
  bool HasArray(std::string_view key) const;
  // DataLoss where the key is missing.
  absl::StatusOr<int64_t> Required(std::string_view key) const;
  absl::StatusOr<int64_t> Optional(std::string_view key,
                                   int64_t if_missing) const;
  // One value per layer, also where the file has one for all. Layers that only
  // predict may have none: 0.
  absl::StatusOr<std::vector<int64_t>> PerLayer(std::string_view key,
                                                int64_t if_missing) const;

 private:
  ArchitectureKeys(const GgufHeader& header, std::string architecture)
      : header_(&header), architecture_(std::move(architecture)) {}

  std::string FullKey(std::string_view key) const;

  const GgufHeader* header_;
  std::string architecture_;
  int64_t layer_count_ = 0;
  int64_t prediction_layer_count_ = 0;
};

}  // namespace hwledger
