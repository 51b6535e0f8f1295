#include "core/model/source/model_listing.h"

#include <algorithm>
#include <iterator>

#include "absl/algorithm/container.h"
#include "core/model/source/hub_cache.h"
#include "core/model/source/model_folder.h"
#include "core/model/source/ollama_store.h"

namespace hwledger {

std::vector<ListedModel> ListPlaces(const ModelPlaces& places) {
  std::vector<ListedModel> models;
  const auto add = [&models](std::vector<ListedModel> found) {
    absl::c_move(found, std::back_inserter(models));
  };
  for (const std::string& hub : places.hubs) add(ListHub(hub));
  for (const std::string& place : places.ollama) add(ListOllama(place));
  for (const std::string& folder : places.lm_studio) {
    add(ListGgufFiles(folder, ModelSource::kLmStudio));
  }
  for (const std::string& folder : places.llama_cpp) {
    std::vector<ListedModel> files =
        ListGgufFiles(folder, ModelSource::kLlamaCpp);
    // A folder may be a hub as well; its models have names.
    std::erase_if(files, [&models](const ListedModel& file) {
      return absl::c_any_of(models, [&file](const ListedModel& named) {
        return named.path == file.path;
      });
    });
    add(std::move(files));
  }
  return models;
}

}  // namespace hwledger
