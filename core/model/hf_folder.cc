#include "core/model/hf_folder.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/model/input_file.h"
#include "core/model/json_events.h"

namespace hwledger {
namespace {

using Kind = JsonEvent::Kind;

// huggingface_hub, src/huggingface_hub/constants.py.
constexpr std::string_view kConfigName = "config.json";
constexpr std::string_view kSingleName = "model.safetensors";
constexpr std::string_view kIndexName = "model.safetensors.index.json";
constexpr std::string_view kSuffix = ".safetensors";

constexpr int64_t kIndexBytesMax = 100'000'000;
constexpr size_t kShardsMax = 4096;
constexpr size_t kNameBytesMax = 255;  // As file systems have it.

// The files that make up a checkpoint.
struct Shards {
  std::set<std::string> names;
  std::optional<int64_t> tensor_count;  // As the index says.
};

bool IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         !absl::StrContains(name, '/') && !absl::StrContains(name, '\0') &&
         name[0] != '.';
}

absl::Status AddShard(const std::string& name, Shards& shards) {
  shards.names.insert(name);
  if (shards.names.size() <= kShardsMax) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("more files than any model has: at most ", kShardsMax));
}

// What the index says under "weight_map": a file for each tensor.
absl::StatusOr<Shards> ParseIndex(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  ByteReader reader = file.Reader(kIndexBytesMax);
  Shards shards = {.tensor_count = 0};
  bool in_map = false;
  ABSL_RETURN_IF_ERROR(ReadJson(reader, [&](const JsonEvent& event) {
    if (event.depth == 1 && event.kind == Kind::kKey) {
      in_map = event.text == "weight_map";
    }
    if (!in_map || event.depth != 2 || event.kind != Kind::kText) {
      return absl::OkStatus();
    }
    ++*shards.tensor_count;
    if (!IsFileName(event.text)) {
      return absl::DataLossError(
          absl::StrCat("the index leads out of its folder: '",
                       event.text.substr(0, 80), "'"));
    }
    return AddShard(event.text, shards);
  }));
  return shards;
}

// Without an index. llama.cpp's converter takes every file whose name begins
// with "model" (conversion/base.py, get_model_part_names); a repository may
// hold the same weights in other layouts beside them.
std::set<std::string> FindShards(const std::string& folder) {
  std::set<std::string> parts;
  std::set<std::string> others;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!absl::EndsWith(name, kSuffix)) continue;
    (absl::StartsWith(name, "model") ? parts : others).insert(name);
  }
  if (parts.contains(std::string(kSingleName))) {
    return {std::string(kSingleName)};
  }
  return parts.empty() ? others : parts;
}

absl::StatusOr<Shards> ShardsOf(const std::string& folder, HfFolder& model) {
  const std::string index = absl::StrCat(folder, "/", kIndexName);
  absl::StatusOr<Shards> shards = ParseIndex(index);
  if (shards.ok()) {
    model.files.push_back(index);
    return shards;
  }
  if (!absl::IsNotFound(shards.status())) {
    return OfFile(shards.status(), index);
  }
  return Shards{.names = FindShards(folder)};
}

// Reads all of `shards`, or none where one is not there (yet).
absl::Status AddStored(const std::string& folder, const Shards& shards,
                       HfFolder& model) {
  StoredTensors sum;
  for (const std::string& name : shards.names) {
    const std::string path = absl::StrCat(folder, "/", name);
    const absl::StatusOr<StoredTensors> part = ReadSafetensors(path);
    if (absl::IsNotFound(part.status())) {
      model.warnings.push_back(absl::StrCat(
          "The weights are not all there: '", name,
          "' is missing, so the sizes are those that config.json implies."));
      return absl::OkStatus();
    }
    ABSL_RETURN_IF_ERROR(part.status());
    model.files.push_back(path);
    Add(*part, sum);
  }
  if (shards.tensor_count && *shards.tensor_count != sum.tensor_count) {
    model.warnings.push_back(
        absl::StrFormat("The index lists %d tensors, but the files hold %d.",
                        *shards.tensor_count, sum.tensor_count));
  }
  model.stored = std::move(sum);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HfFolder> ReadHfFolder(const std::string& path) {
  HfFolder model;
  const std::string config = absl::StrCat(path, "/", kConfigName);
  ABSL_ASSIGN_OR_RETURN(model.config_json,
                        ReadTextFile(config, kConfigBytesMax));
  model.files.push_back(config);
  ABSL_ASSIGN_OR_RETURN(const Shards shards, ShardsOf(path, model));
  if (!shards.names.empty()) {
    ABSL_RETURN_IF_ERROR(AddStored(path, shards, model));
  }
  return model;
}

}  // namespace hwledger
