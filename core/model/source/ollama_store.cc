#include "core/model/source/ollama_store.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/field_error.h"
#include "core/model/source/folder_walk.h"
#include "core/model/source/model_folder.h"
#include "core/model/source/ollama_manifest.h"

namespace hwledger {
namespace {

constexpr std::string_view kHost = "registry.ollama.ai";
// What newer versions call the same.
constexpr std::string_view kNewHost = "ollama.com";
constexpr std::string_view kSpace = "library";
constexpr std::string_view kTag = "latest";

// Newer versions look into the second first, and into both.
constexpr std::string_view kManifests = "/manifests";
constexpr std::string_view kNewManifests = "/manifests-v2";

bool IsPart(std::string_view part) {
  const bool is_word = absl::c_all_of(part, [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           absl::StrContains("-_.", static_cast<char>(c));
  });
  return is_word && !part.empty() && part[0] != '.' &&
         !absl::StrContains(part, "..");
}

bool IsHost(std::string_view host) {
  const std::vector<std::string_view> parts = absl::StrSplit(host, ':');
  return parts.size() <= 2 && absl::c_all_of(parts, IsPart);
}

bool IsName(const OllamaName& name) {
  return IsHost(name.host) && IsPart(name.space) && IsPart(name.model) &&
         IsPart(name.tag);
}

bool IsUsualHost(std::string_view host) {
  return host == kHost || host == kNewHost;
}

std::string FileOf(const OllamaName& name, std::string_view host) {
  return absl::StrCat("/", host, "/", name.space, "/", name.model, "/",
                      name.tag);
}

std::vector<std::string> ManifestsIn(const std::string& place,
                                     const OllamaName& name) {
  if (!IsUsualHost(name.host)) {
    return {absl::StrCat(place, kNewManifests, FileOf(name, name.host)),
            absl::StrCat(place, kManifests, FileOf(name, name.host))};
  }
  return {absl::StrCat(place, kNewManifests, FileOf(name, kNewHost)),
          absl::StrCat(place, kManifests, FileOf(name, kHost)),
          absl::StrCat(place, kManifests, FileOf(name, kNewHost))};
}

std::string IdOf(const OllamaName& name) {
  std::string id = "ollama:";
  if (!IsUsualHost(name.host)) absl::StrAppend(&id, name.host, "/");
  if (!IsUsualHost(name.host) || name.space != kSpace) {
    absl::StrAppend(&id, name.space, "/");
  }
  absl::StrAppend(&id, name.model, ":", name.tag);
  return id;
}

ModelLocation LocationOf(OllamaManifest manifest) {
  return {.source = ModelSource::kOllama,
          .path = std::move(manifest.model_path),
          .projector_paths = std::move(manifest.projector_paths),
          .adapter_paths = std::move(manifest.adapter_paths)};
}

ListedModel Listed(const std::string& place, const OllamaName& name,
                   const FoundFile& file, const std::string& path) {
  ListedModel model = {.model_id = IdOf(name),
                       .source = ModelSource::kOllama,
                       .path = path,
                       .problem = file.problem};
  if (!model.problem.empty()) return model;
  absl::StatusOr<OllamaManifest> manifest = ReadOllamaManifest(path, place);
  if (!manifest.ok()) {
    model.problem = manifest.status().message();
    return model;
  }
  const ModelLocation location = LocationOf(*std::move(manifest));
  model.path = location.path;
  model.size_on_disk = SizeOnDisk(location);
  std::error_code error;
  if (!std::filesystem::is_regular_file(model.path, error)) {
    model.problem = "its file is not there";
  }
  return model;
}

}  // namespace

absl::StatusOr<OllamaName> ParseOllamaName(std::string_view name) {
  OllamaName parsed = {.host = std::string(kHost),
                       .space = std::string(kSpace),
                       .tag = std::string(kTag)};
  std::vector<std::string> parts = absl::StrSplit(name, '/');
  if (parts.size() == 3) parsed.host = parts[0];
  if (parts.size() > 1) parsed.space = parts[parts.size() - 2];
  parsed.model = parts.back();
  if (const size_t colon = parsed.model.find(':'); colon != std::string::npos) {
    parsed.tag = parsed.model.substr(colon + 1);
    parsed.model.resize(colon);
  }
  if (parts.size() <= 3 && IsName(parsed)) return parsed;
  return FieldError(
      "model_id", absl::StrCat("is no name of ollama's, which are "
                               "ollama:[[host/]namespace/]model[:tag]; got \"",
                               name, "\""));
}

absl::StatusOr<std::optional<ModelLocation>> LocateInOllama(
    absl::Span<const std::string> places, const OllamaName& name) {
  // A manifest that appears further up takes the place of the one found.
  std::vector<std::string> looked_at;
  for (const std::string& place : places) {
    for (const std::string& path : ManifestsIn(place, name)) {
      looked_at.push_back(path);
      std::error_code error;
      const auto file = std::filesystem::symlink_status(path, error);
      if (!std::filesystem::exists(file)) continue;
      ABSL_ASSIGN_OR_RETURN(OllamaManifest manifest,
                            ReadOllamaManifest(path, place));
      ModelLocation location = LocationOf(std::move(manifest));
      location.decided_by = std::move(looked_at);
      return location;
    }
  }
  return std::nullopt;
}

std::vector<ListedModel> ListOllama(const std::string& place) {
  std::vector<ListedModel> models;
  std::set<std::string> ids;
  for (const std::string_view manifests : {kNewManifests, kManifests}) {
    const std::string folder = absl::StrCat(place, manifests);
    for (const FoundFile& file : WalkFolder(folder, /*depth_max=*/4)) {
      const std::vector<std::string> parts = absl::StrSplit(file.name, '/');
      if (parts.size() != 4) continue;
      const OllamaName name = {parts[0], parts[1], parts[2], parts[3]};
      if (!IsName(name) || !ids.insert(IdOf(name)).second) continue;
      models.push_back(
          Listed(place, name, file, absl::StrCat(folder, "/", file.name)));
    }
  }
  return models;
}

}  // namespace hwledger
