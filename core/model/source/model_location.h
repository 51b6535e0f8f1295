#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace hwledger {

enum class ModelSource {
  kCatalogue,
  kGguf,  // A GGUF file, by its path.
  kDemo,
  kFolder,       // A folder in Hugging Face's layout, by its path.
  kHuggingFace,  // Hugging Face's cache.
  kOllama,
  kLmStudio,
  kLlamaCpp,
  kConfig,  // A config.json that came with the question.
};

// Where a model lies.
struct ModelLocation {
  ModelSource source = ModelSource::kGguf;
  std::string path;        // A GGUF file, or a folder with a config.json.
  bool is_folder = false;  // The latter.
  // Files beside it that the engine would load too.
  std::vector<std::string> projector_paths;
  std::vector<std::string> adapter_paths;
  // What decided that it lies there: files and folders that may change, or
  // appear.
  std::vector<std::string> decided_by;
};

// A model that was found without reading it.
struct ListedModel {
  std::string model_id;  // What finds it again.
  ModelSource source = ModelSource::kGguf;
  std::string path;     // Empty: there is no file.
  Bytes size_on_disk;   // Of all its files.
  std::string problem;  // What keeps it from being read; empty: nothing known.
};

}  // namespace hwledger
