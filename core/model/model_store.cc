#include "core/model/model_store.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "core/model/quantize_mix.h"

namespace hwledger {
namespace {

constexpr std::string_view kDemoName = "demo";

// Headers of large models take some megabytes each without their vocabularies.
constexpr int64_t kKnownModelsMax = 64;

}  // namespace

ModelStore::ModelStore(std::string demo_path)
    : demo_path_(std::move(demo_path)) {}

std::vector<std::string> ModelStore::Names() const {
  std::vector<std::string> names = {std::string(kDemoName)};
  for (const CatalogueEntry& entry : Catalogue()) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<KnownModel> ModelStore::Resolve(
    const std::string& model_id) const {
  KnownModel model = {.model_id = model_id, .shape = ModelShape{}};
  if (model_id == kDemoName) {
    model.source = ModelSource::kDemo;
    model.path = demo_path_;
  } else if (absl::StartsWith(model_id, "/")) {
    model.path = model_id;
  } else if (absl::EndsWith(model_id, ".gguf")) {
    return FieldError("model_id",
                      absl::StrCat("must be an absolute path where it names a "
                                   "file; got \"",
                                   model_id, "\""));
  } else {
    ABSL_ASSIGN_OR_RETURN(const CatalogueEntry* entry,
                          FindInCatalogue(model_id));
    model.source = ModelSource::kCatalogue;
    model.reference = entry->repository;
    model.header = HeaderOf(*entry);
    return model;
  }
  ABSL_ASSIGN_OR_RETURN(model.header, ReadGguf(model.path));
  return model;
}

ModelStore::Version ModelStore::VersionOf(const std::string& path) {
  if (path.empty()) return {};
  std::error_code error;
  const auto modified = std::filesystem::last_write_time(path, error);
  if (error) return {};
  const auto size = std::filesystem::file_size(path, error);
  if (error) return {};
  return {.modified_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             modified.time_since_epoch())
                             .count(),
          .size = static_cast<int64_t>(size)};
}

absl::StatusOr<std::shared_ptr<const KnownModel>> ModelStore::Find(
    const std::string& model_id, const std::string& quantization) {
  const std::pair key(model_id, quantization);
  {
    MutexLock lock(mutex_);
    const auto found = known_.find(key);
    if (found != known_.end() &&
        found->second.version == VersionOf(found->second.model->path)) {
      return found->second.model;
    }
  }
  ABSL_ASSIGN_OR_RETURN(KnownModel model, Resolve(model_id));
  const Version version = VersionOf(model.path);
  if (!quantization.empty()) {
    ABSL_ASSIGN_OR_RETURN(model.header,
                          Quantize(std::move(model.header), quantization));
  }
  model.shape = ShapeOf(model.header);
  if (!model.shape.ok() &&
      model.shape.status().code() != absl::StatusCode::kUnimplemented) {
    return model.shape.status();
  }
  auto known = std::make_shared<const KnownModel>(std::move(model));
  MutexLock lock(mutex_);
  if (std::ssize(known_) >= kKnownModelsMax) known_.clear();
  known_[key] = {version, known};
  return known;
}

}  // namespace hwledger
