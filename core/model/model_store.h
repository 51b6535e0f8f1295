#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"
#include "core/mutex.h"

namespace hwledger {

enum class ModelSource { kCatalogue, kGguf, kDemo };

// A model that was found by its name.
struct KnownModel {
  std::string model_id;
  ModelSource source = ModelSource::kGguf;
  std::string path;       // Empty: there is no file.
  std::string reference;  // Where a catalogue model's numbers come from.
  GgufHeader header;
  // Unimplemented: the engine may know this architecture, the formulas do not.
  absl::StatusOr<ModelShape> shape;
};

// Finds models by their names and keeps what it has read about them for as long
// as the files stay the same. Any thread.
class ModelStore {
 public:
  // `demo_path`: the model behind the name "demo".
  explicit ModelStore(std::string demo_path);

  // The model, with its tensors as `quantization` would make them; as stored
  // where that is empty. Reads the file's header where it is not known yet.
  //
  // NotFound: lists the closest names. InvalidArgument: not a model, or no such
  // quantization. DataLoss: the file is damaged.
  absl::StatusOr<std::shared_ptr<const KnownModel>> Find(
      const std::string& model_id, const std::string& quantization);

  // Every name that needs no path, sorted.
  std::vector<std::string> Names() const;

 private:
  // What tells one version of a file from the next; zeros for no file.
  struct Version {
    int64_t modified_ns = 0;
    int64_t size = 0;
    friend bool operator==(const Version&, const Version&) = default;
  };
  struct Entry {
    Version version;
    std::shared_ptr<const KnownModel> model;
  };

  absl::StatusOr<KnownModel> Resolve(const std::string& model_id) const;
  static Version VersionOf(const std::string& path);

  const std::string demo_path_;
  Mutex mutex_;
  // By model_id and quantization.
  std::map<std::pair<std::string, std::string>, Entry> known_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
