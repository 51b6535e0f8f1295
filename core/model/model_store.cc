#include "core/model/model_store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/closest_names.h"
#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/model/source/hub_cache.h"
#include "core/model/source/model_folder.h"
#include "core/model/source/model_listing.h"
#include "core/model/source/ollama_store.h"

namespace hwledger {
namespace {

constexpr std::string_view kDemoName = "demo";
constexpr std::string_view kOllamaPrefix = "ollama:";

// Headers of large models take some megabytes each without their vocabularies.
constexpr int64_t kKnownModelsMax = 64;

// For a name that is like no other.
constexpr std::string_view kWhereNamesAre =
    "; the list of models has every name that there is, such as 'demo' and "
    "'llama-3.1-8b', and a file or folder is named by its path";

// What is meant as a path and is none: names have no such end.
bool IsRelativePath(std::string_view model_id) {
  return !absl::StartsWith(model_id, "/") &&
         !absl::StrContains(model_id, ':') && absl::EndsWith(model_id, ".gguf");
}

// What went wrong with the model at `location`, with the name it was asked for
// by where the message has only that of a file.
absl::Status OfModel(const absl::Status& status, const std::string& model_id,
                     const std::string& path) {
  if (status.ok() || FieldOf(status)) return status;
  std::error_code error;
  if (absl::IsNotFound(status) && path == model_id &&
      !std::filesystem::exists(path, error)) {
    return absl::NotFoundError(
        absl::StrCat("no model '", model_id, "': there is no such file"));
  }
  if (absl::StrContains(status.message(), model_id)) return status;
  return {status.code(),
          absl::StrCat("model '", model_id, "': ", status.message())};
}

}  // namespace

ModelStore::ModelStore(std::string demo_path, ModelPlaces places)
    : demo_path_(std::move(demo_path)), places_(std::move(places)) {}

std::vector<ListedModel> ModelStore::List() const {
  ListedModel demo = {.model_id = std::string(kDemoName),
                      .source = ModelSource::kDemo,
                      .path = demo_path_};
  const Version version = VersionOf(demo_path_);
  demo.size_on_disk = Bytes(version.size);
  if (version == Version{}) demo.problem = "no such file";
  std::vector<ListedModel> models = {demo};
  for (const CatalogueEntry& entry : Catalogue()) {
    models.push_back(
        {.model_id = entry.name, .source = ModelSource::kCatalogue});
  }
  absl::c_move(ListPlaces(places_), std::back_inserter(models));
  // Of several of one name, the first is the one that is found.
  std::ranges::stable_sort(models, {}, &ListedModel::model_id);
  const auto same = std::ranges::unique(models, {}, &ListedModel::model_id);
  models.erase(same.begin(), same.end());
  return models;
}

absl::Status ModelStore::NoSuchModel(const std::string& model_id) const {
  // As one of several files is picked, which a catalogue's model has not.
  const std::string name = model_id.substr(0, model_id.find(':'));
  if (name != model_id && FindInCatalogue(name).ok()) {
    return absl::NotFoundError(absl::StrCat("no model '", model_id,
                                            "'; the type of '", name,
                                            "' is asked for by quantization"));
  }
  std::vector<std::string> names;
  for (const ListedModel& model : List()) {
    names.emplace_back(absl::StripSuffix(model.model_id, ":latest"));
  }
  std::string hint = DidYouMean(model_id, names);
  if (hint.empty()) hint = kWhereNamesAre;
  return absl::NotFoundError(absl::StrCat("no model '", model_id, "'", hint));
}

absl::StatusOr<std::optional<ModelLocation>> ModelStore::Locate(
    const std::string& model_id) const {
  if (model_id == kDemoName) {
    return ModelLocation{.source = ModelSource::kDemo, .path = demo_path_};
  }
  if (absl::StartsWith(model_id, "/")) return LocatePath(model_id);
  std::string_view rest = model_id;
  if (absl::ConsumePrefix(&rest, kOllamaPrefix)) {
    ABSL_ASSIGN_OR_RETURN(const OllamaName name, ParseOllamaName(rest));
    return LocateInOllama(places_.ollama, name);
  }
  if (const auto name = ParseHubName(model_id)) {
    return LocateInHub(places_.hubs, *name);
  }
  return std::nullopt;
}

absl::StatusOr<ReadModel> ModelStore::Resolve(
    const std::string& model_id) const {
  if (IsRelativePath(model_id)) {
    return FieldError("model_id",
                      absl::StrCat("must be an absolute path where it names a "
                                   "file; got \"",
                                   model_id, "\""));
  }
  const auto entry = FindInCatalogue(model_id);
  if (entry.ok() && absl::EqualsIgnoreCase((*entry)->name, model_id)) {
    return ReadModel{.model = CatalogueModel(model_id, **entry)};
  }
  const auto location = Locate(model_id);
  // What is cached of a repository need not be a model.
  const bool is_none = location.ok() ? !location->has_value()
                                     : absl::IsNotFound(location.status());
  if (entry.ok() && is_none) {
    return ReadModel{.model = CatalogueModel(model_id, **entry),
                     .made_of = HubPathsOf(places_.hubs, (*entry)->repository)};
  }
  if (!location.ok()) return OfModel(location.status(), model_id, "");
  if (is_none) return NoSuchModel(model_id);
  absl::StatusOr<ReadModel> read = ReadModelAt(**location, model_id);
  if (!read.ok()) return OfModel(read.status(), model_id, (*location)->path);
  return read;
}

ModelStore::Version ModelStore::VersionOf(const std::string& path) {
  if (path.empty()) return {};
  std::error_code error;
  const auto modified = std::filesystem::last_write_time(path, error);
  if (error) return {};
  Version version = {.modified_ns =
                         std::chrono::duration_cast<std::chrono::nanoseconds>(
                             modified.time_since_epoch())
                             .count()};
  if (std::filesystem::is_directory(path, error)) {
    // Times are too coarse where files come one after the other.
    for (std::filesystem::directory_iterator entry(path, error), end;
         !error && entry != end; entry.increment(error)) {
      ++version.size;
    }
    return version;
  }
  const auto size = std::filesystem::file_size(path, error);
  if (!error) version.size = static_cast<int64_t>(size);
  return version;
}

bool ModelStore::IsCurrent(const Entry& entry) {
  return absl::c_all_of(entry.versions, [](const auto& version) {
    return VersionOf(version.first) == version.second;
  });
}

std::shared_ptr<const KnownModel> ModelStore::Recall(
    const std::string& model_id, const std::string& quantization) const {
  std::shared_ptr<const Entry> entry;
  {
    MutexLock lock(mutex_);
    const auto found = known_.find({model_id, quantization});
    if (found != known_.end()) entry = found->second;
  }
  return entry != nullptr && IsCurrent(*entry) ? entry->model : nullptr;
}

absl::StatusOr<std::shared_ptr<const KnownModel>> ModelStore::Find(
    const std::string& model_id, const std::string& quantization) {
  if (auto known = Recall(model_id, quantization)) return known;
  ABSL_ASSIGN_OR_RETURN(ReadModel read, Resolve(model_id));
  auto entry = std::make_shared<Entry>();
  for (std::string& path : read.made_of) {
    const Version version = VersionOf(path);
    entry->versions.emplace_back(std::move(path), version);
  }
  absl::StatusOr<std::shared_ptr<const KnownModel>> model =
      Shaped(std::move(read.model), quantization);
  if (!model.ok()) return OfModel(model.status(), model_id, "");
  entry->model = *std::move(model);
  MutexLock lock(mutex_);
  if (std::ssize(known_) >= kKnownModelsMax) known_.clear();
  known_[{model_id, quantization}] = entry;
  return entry->model;
}

absl::StatusOr<std::shared_ptr<const KnownModel>> ModelStore::FromConfig(
    std::string_view config_json, const std::string& quantization) {
  ABSL_ASSIGN_OR_RETURN(KnownModel model, ConfigModel(config_json));
  return Shaped(std::move(model), quantization);
}

}  // namespace hwledger
