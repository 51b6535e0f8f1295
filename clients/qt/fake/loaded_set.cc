#include "clients/qt/fake/loaded_set.h"

namespace hwledger {

std::vector<v1::LoadedModel> LoadedSet::List() const {
  const absl::MutexLock lock(mutex_);
  std::vector<v1::LoadedModel> models;
  for (const auto& [model_id, model] : models_) models.push_back(model);
  return models;
}

std::optional<v1::LoadedModel> LoadedSet::Find(
    const std::string& model_id) const {
  const absl::MutexLock lock(mutex_);
  const auto found = models_.find(model_id);
  if (found == models_.end()) return std::nullopt;
  return found->second;
}

void LoadedSet::Put(const v1::LoadedModel& model) {
  const absl::MutexLock lock(mutex_);
  models_[model.model_id()] = model;
}

std::optional<v1::LoadedModel> LoadedSet::Remove(const std::string& model_id) {
  const absl::MutexLock lock(mutex_);
  const auto found = models_.find(model_id);
  if (found == models_.end()) return std::nullopt;
  v1::LoadedModel model = found->second;
  models_.erase(found);
  return model;
}

void LoadedSet::Clear() {
  const absl::MutexLock lock(mutex_);
  models_.clear();
}

}  // namespace hwledger
