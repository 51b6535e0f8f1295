#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "hwledger/v1/library.pb.h"

namespace hwledger {

// The models that are loaded or being loaded, as far as the fake daemon says
// so. Any thread may ask.
class LoadedSet {
 public:
  // By model_id.
  std::vector<v1::LoadedModel> List() const;
  std::optional<v1::LoadedModel> Find(const std::string& model_id) const;
  void Put(const v1::LoadedModel& model);
  // Absent: it was not there.
  std::optional<v1::LoadedModel> Remove(const std::string& model_id);
  void Clear();

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, v1::LoadedModel> models_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
