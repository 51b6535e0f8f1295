#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/catalogue.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"
#include "core/model/safetensors.h"
#include "core/model/source/model_location.h"
#include "core/model/weight_precision.h"

namespace hwledger {

// A model of which everything is known that its files' headers say.
struct KnownModel {
  std::string model_id;
  ModelSource source = ModelSource::kGguf;
  std::string path;  // Where it lies; empty: nowhere.
  std::string file;  // What the engine can load; empty: nothing.
  // The file that llama-quantize would have to make `header` of; empty: none.
  std::string quantized_from;
  Bytes size_on_disk;     // Of all its files, those beside it included.
  std::string reference;  // Where a catalogue model's numbers come from.
  // As the file has it, or as llama.cpp's converter would make it.
  GgufHeader header;
  std::string digest;  // ModelDigest of `header`.
  // Unimplemented: the engine may know this architecture, the formulas do not.
  absl::StatusOr<ModelShape> shape = ModelShape{};
  // How its weights are published for runtimes other than llama.cpp. Absent: it
  // is a GGUF file, or published in a way that is not known here.
  std::optional<WeightFormat> published;
  // What a folder's files really hold, whatever `header` says.
  std::optional<StoredTensors> stored;
  // Files that the engine would load beside it.
  std::vector<std::string> projector_paths;
  std::vector<std::string> adapter_paths;
  // What a person should know about its figures, in whole sentences.
  std::vector<std::string> warnings;
};

// A model without its shape, and every path that it was made of.
struct ReadModel {
  KnownModel model;
  std::vector<std::string> made_of;
};

KnownModel CatalogueModel(const std::string& model_id,
                          const CatalogueEntry& entry);

// InvalidArgument: not such a config; names the field config_json.
absl::StatusOr<KnownModel> ConfigModel(std::string_view config_json);

// Reads the headers of the files at `location`.
absl::StatusOr<ReadModel> ReadModelAt(const ModelLocation& location,
                                      const std::string& model_id);

// `model` with its tensors as `quantization` would make them, as they are where
// that is empty, and with its shape.
absl::StatusOr<std::shared_ptr<const KnownModel>> Shaped(
    KnownModel model, const std::string& quantization);

}  // namespace hwledger
