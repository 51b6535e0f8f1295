#include "core/model/source/model_places.h"

#include <filesystem>
#include <initializer_list>
#include <system_error>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace hwledger {
namespace {

// A variable's value, and where in that folder the models lie.
struct Candidate {
  std::string folder;
  std::string_view below;
};

std::string Absolute(std::string folder, const std::string& home) {
  std::string_view rest = folder;
  if (absl::ConsumePrefix(&rest, "~/") && !home.empty()) {
    folder = absl::StrCat(home, "/", rest);
  }
  std::error_code error;
  std::filesystem::path path = std::filesystem::absolute(folder, error);
  if (error) return folder;
  path = path.lexically_normal();
  return path.has_filename() ? path.string() : path.parent_path().string();
}

// The first that is set, as the programs do it.
std::string FirstOf(const std::string& home,
                    std::initializer_list<Candidate> candidates) {
  for (const auto& [folder, below] : candidates) {
    if (!folder.empty()) return Absolute(absl::StrCat(folder, below), home);
  }
  return "";
}

void AddPlace(std::string place, std::vector<std::string>& places) {
  if (place.empty() || absl::c_contains(places, place)) return;
  places.push_back(std::move(place));
}

}  // namespace

ModelPlaces ModelPlacesOf(
    const std::function<std::string(const char* name)>& variable) {
  const std::string home = variable("HOME");
  const std::string caches = variable("XDG_CACHE_HOME");
  const std::string llama_cache = variable("LLAMA_CACHE");
  ModelPlaces places;

  // huggingface_hub, src/huggingface_hub/constants.py.
  AddPlace(FirstOf(home, {{variable("HF_HUB_CACHE"), ""},
                          {variable("HUGGINGFACE_HUB_CACHE"), ""},
                          {variable("HF_HOME"), "/hub"},
                          {caches, "/huggingface/hub"},
                          {home, "/.cache/huggingface/hub"}}),
           places.hubs);
  // llama.cpp downloads into the same, or into another of the same layout
  // (common/hf-cache.cpp); before, into a flat folder of its own
  // (common/common.cpp, fs_get_cache_directory).
  AddPlace(FirstOf(home, {{llama_cache, ""}}), places.hubs);
  AddPlace(FirstOf(home, {{llama_cache, ""},
                          {caches, "/llama.cpp"},
                          {home, "/.cache/llama.cpp"}}),
           places.llama_cpp);
  AddPlace(FirstOf(home, {{home, "/Library/Caches/llama.cpp"}}),
           places.llama_cpp);
  // ollama, envconfig/config.go; as a service it is a user of its own
  // (scripts/install.sh).
  AddPlace(FirstOf(home, {{variable("OLLAMA_MODELS"), ""},
                          {home, "/.ollama/models"}}),
           places.ollama);
  AddPlace("/usr/share/ollama/.ollama/models", places.ollama);
  // lmstudio.ai/docs/basics/import-model; older versions had the second.
  AddPlace(FirstOf(home, {{home, "/.lmstudio/models"}}), places.lm_studio);
  AddPlace(FirstOf(home, {{home, "/.cache/lm-studio/models"}}),
           places.lm_studio);
  return places;
}

}  // namespace hwledger
