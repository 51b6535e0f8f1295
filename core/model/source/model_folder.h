#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/model/source/model_location.h"

namespace hwledger {

// The model in `folder`: a config.json with its safetensors, or a GGUF file.
// `pick` says which of several GGUF files, as PickGguf() does; empty: the
// config.json where there are safetensors, else the only GGUF file, else the
// config.json alone. `prefix` stands before what could be picked instead.
//
// NotFound: no model, or several.
absl::StatusOr<ModelLocation> LocateInFolder(const std::string& folder,
                                             std::string_view pick,
                                             std::string_view prefix);

// The model that the absolute `path` names: a GGUF file, a folder, or a file of
// a folder in Hugging Face's layout.
absl::StatusOr<ModelLocation> LocatePath(const std::string& path);

// Of all its files, those beside it included.
Bytes SizeOnDisk(const ModelLocation& location);

// Every model in `folder`; as `name`, or as `name`:pick where it must be
// picked.
std::vector<ListedModel> ListFolder(const std::string& folder,
                                    const std::string& name,
                                    ModelSource source);

// Every GGUF model below `folder`, by its path.
std::vector<ListedModel> ListGgufFiles(const std::string& folder,
                                       ModelSource source);

}  // namespace hwledger
