#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace hwledger {

// The files that one of ollama's models is made of; whether they are there is
// another question.
struct OllamaManifest {
  std::string model_path;  // A GGUF file.
  std::vector<std::string> projector_paths;
  std::vector<std::string> adapter_paths;
};

// Reads the manifest at `path` of a model in `place`. DataLoss: damaged, or it
// names a file outside of the place's blobs. NotFound: no such file, or the
// model has no GGUF file.
absl::StatusOr<OllamaManifest> ReadOllamaManifest(const std::string& path,
                                                  const std::string& place);

}  // namespace hwledger
