#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/source/model_location.h"

// Hugging Face's cache, as huggingface.co/docs/hub/local-cache describes it:
// models--org--name/refs/main holds a commit,
// models--org--name/snapshots/COMMIT the files, most of them links into
// models--org--name/blobs.
namespace hwledger {

// "org/name" or "org/name:pick" taken apart.
struct HubName {
  std::string repository;
  std::string pick;
};

// Nothing: no name that a repository can have.
std::optional<HubName> ParseHubName(std::string_view model_id);

// The model in the first of `hubs` that holds the repository; nothing where
// none does. NotFound: it holds no model, or several and the pick is not clear.
absl::StatusOr<std::optional<ModelLocation>> LocateInHub(
    absl::Span<const std::string> hubs, const HubName& name);

// What may change which files a repository has.
std::vector<std::string> HubPathsOf(absl::Span<const std::string> hubs,
                                    const std::string& repository);

// Every model in `hub`, by its repository's name.
std::vector<ListedModel> ListHub(const std::string& hub);

}  // namespace hwledger
