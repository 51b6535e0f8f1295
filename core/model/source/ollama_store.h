#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/source/model_location.h"

// The models of ollama, read where they lie: a manifest per name,
// manifests/HOST/NAMESPACE/MODEL/TAG, says which files of blobs/ they are made
// of (github.com/ollama/ollama, manifest/paths.go and manifest/manifest.go).
namespace hwledger {

// A name as ollama reads it: [[host/]namespace/]model[:tag].
struct OllamaName {
  std::string host;
  std::string space;
  std::string model;
  std::string tag;
};

// InvalidArgument: not such a name.
absl::StatusOr<OllamaName> ParseOllamaName(std::string_view name);

// The model in the first of `places` that has it; nothing where none has.
// NotFound: it has no GGUF file. DataLoss: the manifest is damaged, or leads
// elsewhere.
absl::StatusOr<std::optional<ModelLocation>> LocateInOllama(
    absl::Span<const std::string> places, const OllamaName& name);

// Every model in `place`, as "ollama:model:tag".
std::vector<ListedModel> ListOllama(const std::string& place);

}  // namespace hwledger
