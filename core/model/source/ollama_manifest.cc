#include "core/model/source/ollama_manifest.h"

#include <optional>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/model/input_file.h"
#include "core/model/shallow_json.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using nlohmann::json;

// One names some ten files; of a model in safetensors, each tensor.
constexpr int64_t kManifestBytesMax = 4 << 20;

constexpr std::string_view kListType =
    "application/vnd.ollama.manifest.list.v2+json";
constexpr std::string_view kModelType = "application/vnd.ollama.image.model";
constexpr std::string_view kProjectorType =
    "application/vnd.ollama.image.projector";
constexpr std::string_view kAdapterType =
    "application/vnd.ollama.image.adapter";

// What of a list of manifests reads GGUF, in ollama's own order.
constexpr std::string_view kRunners[] = {"ollama", "llamacpp"};

std::string TextOf(const json& object, std::string_view key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>()
                                                     : "";
}

const json& ListOf(const json& object, std::string_view key) {
  static const json& none = *new json(json::array());
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : none;
}

// "sha256:" and 64 hexadecimal digits: nothing that leads out of a folder.
absl::StatusOr<std::string> BlobOf(const std::string& digest,
                                   const std::string& place) {
  constexpr size_t algorithm_length = std::string_view("sha256:").size();
  constexpr size_t length = algorithm_length + 64;
  if (digest.size() == length && digest.starts_with("sha256") &&
      absl::StrContains(":-", digest[algorithm_length - 1]) &&
      absl::c_all_of(digest.substr(algorithm_length), absl::ascii_isxdigit)) {
    return absl::StrCat(place, "/blobs/sha256-",
                        digest.substr(algorithm_length));
  }
  return absl::DataLossError(absl::StrCat(
      "a digest must be 'sha256:' and 64 hexadecimal digits; got '",
      digest.substr(0, length), "'"));
}

absl::StatusOr<json> ReadManifest(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text,
                        ReadTextFile(path, kManifestBytesMax));
  absl::StatusOr<json> manifest = ParseShallowJson(text);
  if (!manifest.ok()) return OfFile(manifest.status(), path);
  if (manifest->is_object()) return manifest;
  return OfFile(absl::DataLossError("a manifest must be a JSON object"), path);
}

// Newer versions may keep several of one model, one per engine, in the list
// itself or as blobs.
absl::StatusOr<json> ForGguf(json manifest, const std::string& place) {
  if (TextOf(manifest, "mediaType") != kListType) return manifest;
  for (const std::string_view runner : kRunners) {
    for (const json& child : ListOf(manifest, "manifests")) {
      if (!absl::EqualsIgnoreCase(TextOf(child, "runner"), runner)) continue;
      if (child.contains("layers")) return json(child);
      ABSL_ASSIGN_OR_RETURN(const std::string blob,
                            BlobOf(TextOf(child, "digest"), place));
      return ReadManifest(blob);
    }
  }
  return absl::NotFoundError("the model is kept for other engines only");
}

absl::StatusOr<OllamaManifest> FilesOf(const json& manifest,
                                       const std::string& place) {
  OllamaManifest files;
  for (const json& layer : ListOf(manifest, "layers")) {
    const std::string type = TextOf(layer, "mediaType");
    const bool is_model = type == kModelType && files.model_path.empty();
    if (!is_model && type != kProjectorType && type != kAdapterType) continue;
    ABSL_ASSIGN_OR_RETURN(std::string blob,
                          BlobOf(TextOf(layer, "digest"), place));
    if (is_model) {
      files.model_path = std::move(blob);
    } else if (type == kProjectorType) {
      files.projector_paths.push_back(std::move(blob));
    } else {
      files.adapter_paths.push_back(std::move(blob));
    }
  }
  if (!files.model_path.empty()) return files;
  return absl::NotFoundError(
      "the model has no GGUF file: it runs elsewhere, or is stored for another "
      "engine");
}

absl::StatusOr<OllamaManifest> Resolve(json manifest,
                                       const std::string& place) {
  ABSL_ASSIGN_OR_RETURN(const json chosen, ForGguf(std::move(manifest), place));
  return FilesOf(chosen, place);
}

}  // namespace

absl::StatusOr<OllamaManifest> ReadOllamaManifest(const std::string& path,
                                                  const std::string& place) {
  ABSL_ASSIGN_OR_RETURN(json manifest, ReadManifest(path));
  absl::StatusOr<OllamaManifest> files = Resolve(std::move(manifest), place);
  if (!files.ok()) return OfFile(files.status(), path);
  return files;
}

}  // namespace hwledger
