#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/known_model.h"
#include "core/model/model_store.h"
#include "core/planner/additions.h"

namespace hwledger {

// What to load beside a model, by the contract's names. Empty: nothing.
struct AdditionsRequest {
  // An absolute path, or a model with a projector beside it.
  std::string mmproj;
  std::vector<std::string> lora_adapters;  // Absolute paths.
  std::string draft_model_id;
  std::string draft_quantization;                    // Empty: as stored.
  std::optional<std::string> draft_kv_cache_type_k;  // Absent: f16.
  std::optional<std::string> draft_kv_cache_type_v;

  bool empty() const {
    return mmproj.empty() && lora_adapters.empty() && draft_model_id.empty() &&
           draft_quantization.empty() && !draft_kv_cache_type_k &&
           !draft_kv_cache_type_v;
  }
};

struct FoundAdditions {
  Additions additions;
  std::vector<std::string> warnings;  // In whole sentences.
};

// What `request` names, to be loaded beside `model`; warns of what lies beside
// the model and was not asked for. Reads the files' headers.
//
// InvalidArgument: a file is of another kind, or made for another model; there
// is no draft for what is said about one.
// NotFound, DataLoss: as ModelStore::Find. Both name the field.
absl::StatusOr<FoundAdditions> FindAdditions(const AdditionsRequest& request,
                                             const KnownModel& model,
                                             ModelStore& models);

}  // namespace hwledger
