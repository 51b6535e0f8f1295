#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace hwledger {

// A LoRA adapter, and how strongly it is applied.
struct AdapterScale {
  std::string path;
  double scale = 1;

  friend bool operator==(const AdapterScale&, const AdapterScale&) = default;
};

// FieldError about lora_adapters: no absolute path, one twice, or a scale that
// is out of range.
absl::Status Validate(absl::Span<const AdapterScale> adapters);

// How strongly a request applies each of the adapters that a model was loaded
// with, in their order; what `asked` does not name is off. FieldError: it names
// one that is not loaded.
absl::StatusOr<std::vector<float>> ScalesOf(
    absl::Span<const AdapterScale> asked,
    absl::Span<const AdapterScale> loaded);

}  // namespace hwledger
