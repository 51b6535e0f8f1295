#include "core/model/source/model_folder.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/model/source/folder_walk.h"
#include "core/model/source/gguf_files.h"

namespace hwledger {
namespace {

constexpr std::string_view kConfigName = "config.json";
constexpr std::string_view kSafetensorsSuffix = ".safetensors";
constexpr std::string_view kIndexSuffix = ".safetensors.index.json";

// Quantizations lie in folders of their own, not deeper.
constexpr int kDepthMax = 3;
// LM Studio: publisher, model, and the same.
constexpr int kPlaceDepthMax = 5;

// What a folder holds that is a model.
struct Contents {
  std::vector<GgufFile> gguf;
  bool has_config = false;
  bool has_safetensors = false;
  Bytes size;  // Of what is not GGUF.
  std::string problem;

  // Whether the folder itself, unpicked, is the model of its config.json.
  bool is_config() const {
    return has_config && (has_safetensors || gguf.empty());
  }
};

// The root ends in a slash itself.
std::string PathIn(const std::string& folder, std::string_view name) {
  return absl::StrCat(absl::StripSuffix(folder, "/"), "/", name);
}

Contents ContentsOf(const std::string& folder) {
  const std::vector<FoundFile> files = WalkFolder(folder, kDepthMax);
  Contents contents = {.gguf = GgufFilesOf(files)};
  for (const FoundFile& file : files) {
    const bool is_tensors = absl::EndsWith(file.name, kSafetensorsSuffix) &&
                            !absl::StrContains(file.name, '/');
    const bool is_config = file.name == kConfigName;
    if (is_tensors) contents.has_safetensors = true;
    if (is_config) contents.has_config = true;
    if (is_tensors || is_config || file.name.empty()) {
      contents.size += file.size;
      if (contents.problem.empty() && !file.problem.empty()) {
        contents.problem = file.name.empty()
                               ? file.problem
                               : absl::StrCat(file.name, ": ", file.problem);
      }
    }
  }
  return contents;
}

}  // namespace

absl::StatusOr<ModelLocation> LocateInFolder(const std::string& folder,
                                             std::string_view pick,
                                             std::string_view prefix) {
  const Contents contents = ContentsOf(folder);
  if (pick.empty() && contents.is_config()) {
    return ModelLocation{.source = ModelSource::kFolder,
                         .path = folder,
                         .is_folder = true,
                         .decided_by = {folder}};
  }
  if (contents.gguf.empty() && contents.has_config) {
    return absl::NotFoundError(absl::StrCat(
        "no GGUF file, so none is '", pick, "'; '",
        absl::StripSuffix(prefix, ":"), "' is what its config.json describes"));
  }
  if (contents.gguf.empty()) {
    return absl::NotFoundError(absl::StrCat(
        contents.problem.empty() ? "neither a config.json nor a GGUF file"
                                 : contents.problem,
        ", folder '", folder, "'"));
  }
  ABSL_ASSIGN_OR_RETURN(const GgufFile file,
                        PickGguf(contents.gguf, pick, prefix));
  return ModelLocation{.path = PathIn(folder, file.name),
                       .decided_by = {folder}};
}

absl::StatusOr<ModelLocation> LocatePath(const std::string& path) {
  std::filesystem::path folder = path;
  std::error_code error;
  if (folder.filename() == kConfigName || absl::EndsWith(path, kIndexSuffix) ||
      absl::EndsWith(path, kSafetensorsSuffix)) {
    folder = folder.parent_path();
  } else if (!std::filesystem::is_directory(folder, error)) {
    return ModelLocation{.path = path};
  }
  if (!folder.has_filename()) folder = folder.parent_path();  // "folder/"
  const std::string name = folder.string();
  return LocateInFolder(name, "", PathIn(name, ""));
}

Bytes SizeOnDisk(const ModelLocation& location) {
  Bytes size;
  if (location.is_folder) {
    size = ContentsOf(location.path).size;
  } else {
    size = SizeOfGguf(location.path);
  }
  for (const std::string& path : location.projector_paths) {
    size += SizeOfFile(path);
  }
  for (const std::string& path : location.adapter_paths) {
    size += SizeOfFile(path);
  }
  return size;
}

std::vector<ListedModel> ListFolder(const std::string& folder,
                                    const std::string& name,
                                    ModelSource source) {
  const Contents contents = ContentsOf(folder);
  std::vector<ListedModel> models;
  if (contents.is_config() || !contents.problem.empty()) {
    models.push_back({.model_id = name,
                      .source = source,
                      .path = folder,
                      .size_on_disk = contents.size,
                      .problem = contents.problem});
  }
  const bool is_only = models.empty() && contents.gguf.size() == 1;
  for (const GgufFile& file : contents.gguf) {
    models.push_back(
        {.model_id = is_only
                         ? name
                         : absl::StrCat(name, ":", PickOf(file, contents.gguf)),
         .source = source,
         .path = absl::StrCat(folder, "/", file.name),
         .size_on_disk = file.size,
         .problem = file.problem});
  }
  return models;
}

std::vector<ListedModel> ListGgufFiles(const std::string& folder,
                                       ModelSource source) {
  std::vector<ListedModel> models;
  for (const GgufFile& file : GgufFilesOf(WalkFolder(folder, kPlaceDepthMax))) {
    const std::string path = absl::StrCat(folder, "/", file.name);
    models.push_back({.model_id = path,
                      .source = source,
                      .path = path,
                      .size_on_disk = file.size,
                      .problem = file.problem});
  }
  return models;
}

}  // namespace hwledger
