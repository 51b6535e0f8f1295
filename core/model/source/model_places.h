#pragma once

#include <functional>
#include <string>
#include <vector>

namespace hwledger {

// The folders in which other programs keep models. Those that are not there
// hold nothing.
struct ModelPlaces {
  std::vector<std::string> hubs;       // Hugging Face's cache.
  std::vector<std::string> ollama;     // With "manifests" and "blobs".
  std::vector<std::string> lm_studio;  // With "publisher/model/file.gguf".
  std::vector<std::string> llama_cpp;  // Flat.
};

// Where those programs would look. `variable` gives an environment variable's
// value, empty where there is none.
ModelPlaces ModelPlacesOf(
    const std::function<std::string(const char* name)>& variable);

}  // namespace hwledger
