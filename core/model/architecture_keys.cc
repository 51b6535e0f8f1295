#include "core/model/architecture_keys.h"

#include <algorithm>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

absl::StatusOr<int64_t> Bounded(std::string_view key, int64_t value) {
  if (value >= 0 && value <= ArchitectureKeys::kValueMax) return value;
  return absl::DataLossError(
      absl::StrFormat("%s must be between 0 and %d; got %d", key,
                      ArchitectureKeys::kValueMax, value));
}

}  // namespace

absl::StatusOr<ArchitectureKeys> ArchitectureKeys::Create(
    const GgufHeader& header) {
  std::optional<std::string> architecture = header.Text("general.architecture");
  if (!architecture || architecture->empty()) {
    return absl::DataLossError("the key general.architecture is missing");
  }
  ArchitectureKeys keys(header, *std::move(architecture));
  ABSL_ASSIGN_OR_RETURN(keys.layer_count_, keys.Required("block_count"));
  if (keys.layer_count_ < 1 || keys.layer_count_ > kLayersMax) {
    return absl::DataLossError(
        absl::StrFormat("block_count must be between 1 and %d; got %d",
                        kLayersMax, keys.layer_count_));
  }
  ABSL_ASSIGN_OR_RETURN(keys.prediction_layer_count_,
                        keys.Optional("nextn_predict_layers", 0));
  if (keys.prediction_layer_count_ >= keys.layer_count_) {
    return absl::DataLossError(absl::StrFormat(
        "nextn_predict_layers must be less than the %d layers; got %d",
        keys.layer_count_, keys.prediction_layer_count_));
  }
  return keys;
}

bool ArchitectureKeys::Has(std::string_view key) const {
  return header_->metadata.contains(FullKey(key));
}

bool ArchitectureKeys::HasArray(std::string_view key) const {
  return header_->Array(FullKey(key)) != nullptr;
}

absl::StatusOr<int64_t> ArchitectureKeys::Required(std::string_view key) const {
  const std::optional<int64_t> value = header_->Integer(FullKey(key));
  if (value) return Bounded(key, *value);
  return absl::DataLossError(
      absl::StrCat("the key ", FullKey(key), " is missing or not an integer"));
}

absl::StatusOr<int64_t> ArchitectureKeys::Optional(std::string_view key,
                                                   int64_t if_missing) const {
  if (!Has(key)) return if_missing;
  return Required(key);
}

absl::StatusOr<std::vector<int64_t>> ArchitectureKeys::PerLayer(
    std::string_view key, int64_t if_missing) const {
  const size_t count = static_cast<size_t>(layer_count_);
  const GgufArray* array = header_->Array(FullKey(key));
  if (array == nullptr) {
    ABSL_ASSIGN_OR_RETURN(const int64_t value, Optional(key, if_missing));
    return std::vector<int64_t>(count, value);
  }
  if (std::ssize(array->integers) < layer_count_ - prediction_layer_count_) {
    return absl::DataLossError(
        absl::StrFormat("%s must have an integer for each of %d layers; got %d",
                        key, layer_count_, std::ssize(array->integers)));
  }
  std::vector<int64_t> values = array->integers;
  values.resize(count);
  for (const int64_t value : values) {
    ABSL_RETURN_IF_ERROR(Bounded(key, value).status());
  }
  return values;
}

std::string ArchitectureKeys::FullKey(std::string_view key) const {
  return absl::StrCat(architecture_, ".", key);
}

}  // namespace hwledger
