#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "core/bytes.h"

namespace hwledger {

// How the engine serves: what changes neither what it answers nor, but for main
// memory, what it takes.
struct ServingOptions {
  // Main memory for what was cached of prompts and had to leave its slot, and
  // for states of models that cannot go back in a sequence. 0: none.
  Bytes prefix_cache_max = MiB(256);

  // Who proposes tokens for the model to check: what followed in the text
  // before, or a second model.
  bool ngram_lookup = false;
  std::string draft_path;        // Empty: no model.
  int64_t draft_tokens_max = 8;  // At once.

  bool drafts() const { return ngram_lookup || !draft_path.empty(); }
  friend bool operator==(const ServingOptions&,
                         const ServingOptions&) = default;
};

// FieldError: an option is out of range.
absl::Status Validate(const ServingOptions& options);

}  // namespace hwledger
