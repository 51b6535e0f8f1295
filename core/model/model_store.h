#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/model/known_model.h"
#include "core/model/source/model_location.h"
#include "core/model/source/model_places.h"
#include "core/mutex.h"

namespace hwledger {

// Finds models by their names and keeps what it has read about them for as long
// as the files stay the same. Any thread.
class ModelStore {
 public:
  // `demo_path`: the model behind the name "demo".
  explicit ModelStore(std::string demo_path, ModelPlaces places = {});

  // The model, with its tensors as `quantization` would make them; as stored
  // where that is empty. Reads the files' headers where they are not known yet.
  //
  // NotFound: lists the closest names, or those that are meant, or says where
  // names are listed.
  // InvalidArgument: not a model, or no such quantization. DataLoss: a file is
  // damaged.
  absl::StatusOr<std::shared_ptr<const KnownModel>> Find(
      const std::string& model_id, const std::string& quantization);

  // The model of a config.json, without a name or a file. InvalidArgument: not
  // such a config; names the field config_json.
  static absl::StatusOr<std::shared_ptr<const KnownModel>> FromConfig(
      std::string_view config_json, const std::string& quantization);

  // Every model that is there, by model_id, without reading one. Those that
  // cannot be read are listed with what is wrong.
  std::vector<ListedModel> List() const;

  // The model, where it was read before and did not change.
  std::shared_ptr<const KnownModel> Recall(
      const std::string& model_id, const std::string& quantization) const;

 private:
  // What tells one version of a file or folder from the next; zeros where there
  // is none.
  struct Version {
    int64_t modified_ns = 0;
    int64_t size = 0;  // Of a folder, the files in it.
    friend bool operator==(const Version&, const Version&) = default;
  };
  struct Entry {
    // Of each file and folder that the model was made of.
    std::vector<std::pair<std::string, Version>> versions;
    std::shared_ptr<const KnownModel> model;
  };

  absl::StatusOr<ReadModel> Resolve(const std::string& model_id) const;
  // Nothing: no file has that name.
  absl::StatusOr<std::optional<ModelLocation>> Locate(
      const std::string& model_id) const;
  absl::Status NoSuchModel(const std::string& model_id) const;
  static Version VersionOf(const std::string& path);
  static bool IsCurrent(const Entry& entry);

  const std::string demo_path_;
  const ModelPlaces places_;
  mutable Mutex mutex_;
  // By model_id and quantization.
  std::map<std::pair<std::string, std::string>, std::shared_ptr<const Entry>>
      known_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
