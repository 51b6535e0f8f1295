#include "core/model/source/hub_cache.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "core/model/input_file.h"
#include "core/model/source/model_folder.h"

namespace hwledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "models--";
// A commit, and a line's end.
constexpr int64_t kRefBytesMax = 256;

// Letters, digits, '_', and between those '-' and '.'; at most one '/'. No two
// dashes or dots follow each other: the first would be a slash in the cache,
// the second a way out of it.
bool IsRepository(std::string_view name) {
  bool is_start = true;
  for (const char c : name) {
    const bool is_letter =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
    if (!is_letter && (is_start || !absl::StrContains("-./", c))) return false;
    is_start = c == '/';
  }
  return !is_start && absl::c_count(name, '/') <= 1 &&
         !absl::StrContains(name, "--") && !absl::StrContains(name, "..");
}

std::string FolderOf(const std::string& hub, const std::string& repository) {
  return absl::StrCat(hub, "/", kPrefix,
                      absl::StrReplaceAll(repository, {{"/", "--"}}));
}

bool IsCommit(std::string_view text) {
  return !text.empty() && absl::c_all_of(text, absl::ascii_isxdigit);
}

// The commit that "main" is; where nothing says so, the only one there is: a
// commit that was asked for by its number leaves no name behind.
absl::StatusOr<std::string> CommitOf(const std::string& folder) {
  const std::string ref = folder + "/refs/main";
  absl::StatusOr<std::string> main = ReadTextFile(ref, kRefBytesMax);
  if (main.ok()) {
    std::string commit(absl::StripAsciiWhitespace(*main));
    if (IsCommit(commit)) return commit;
    return absl::DataLossError(
        absl::StrCat("not the number of a commit, file '", ref, "'"));
  }
  if (!absl::IsNotFound(main.status())) return main.status();
  std::vector<std::string> commits;
  std::error_code error;
  for (fs::directory_iterator entry(folder + "/snapshots", error), end;
       !error && entry != end; entry.increment(error)) {
    commits.push_back(entry->path().filename().string());
  }
  if (commits.size() == 1 && IsCommit(commits[0])) return commits[0];
  return absl::NotFoundError(
      absl::StrCat(commits.size(),
                   " snapshots, none of them named 'main', "
                   "folder '",
                   folder, "'"));
}

absl::StatusOr<std::string> SnapshotOf(const std::string& folder) {
  ABSL_ASSIGN_OR_RETURN(const std::string commit, CommitOf(folder));
  std::string snapshot = absl::StrCat(folder, "/snapshots/", commit);
  std::error_code error;
  if (fs::is_directory(snapshot, error)) return snapshot;
  return absl::NotFoundError(absl::StrCat("no such folder: '", snapshot, "'"));
}

}  // namespace

std::optional<HubName> ParseHubName(std::string_view model_id) {
  const size_t colon = model_id.find(':');
  HubName name = {.repository = std::string(model_id.substr(0, colon))};
  if (colon != model_id.npos) {
    name.pick = model_id.substr(colon + 1);
    if (name.pick.empty()) return std::nullopt;
  }
  if (!IsRepository(name.repository)) return std::nullopt;
  return name;
}

absl::StatusOr<std::optional<ModelLocation>> LocateInHub(
    absl::Span<const std::string> hubs, const HubName& name) {
  for (const std::string& hub : hubs) {
    const std::string folder = FolderOf(hub, name.repository);
    std::error_code error;
    if (!fs::is_directory(folder, error)) continue;
    ABSL_ASSIGN_OR_RETURN(const std::string snapshot, SnapshotOf(folder));
    ABSL_ASSIGN_OR_RETURN(ModelLocation location,
                          LocateInFolder(snapshot, name.pick,
                                         absl::StrCat(name.repository, ":")));
    location.source = ModelSource::kHuggingFace;
    absl::c_move(HubPathsOf(hubs, name.repository),
                 std::back_inserter(location.decided_by));
    return location;
  }
  return std::nullopt;
}

std::vector<std::string> HubPathsOf(absl::Span<const std::string> hubs,
                                    const std::string& repository) {
  std::vector<std::string> paths;
  for (const std::string& hub : hubs) {
    const std::string folder = FolderOf(hub, repository);
    paths.push_back(folder + "/refs/main");
    paths.push_back(folder + "/snapshots");
    if (auto snapshot = SnapshotOf(folder); snapshot.ok()) {
      paths.push_back(*std::move(snapshot));
    }
  }
  return paths;
}

std::vector<ListedModel> ListHub(const std::string& hub) {
  std::vector<ListedModel> models;
  std::error_code error;
  for (fs::directory_iterator entry(hub, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string folder = entry->path().filename().string();
    std::string_view rest = folder;
    if (!absl::ConsumePrefix(&rest, kPrefix)) continue;
    const std::string name = absl::StrReplaceAll(rest, {{"--", "/"}});
    if (!IsRepository(name)) continue;
    const auto snapshot = SnapshotOf(entry->path().string());
    if (!snapshot.ok()) {
      models.push_back({.model_id = name,
                        .source = ModelSource::kHuggingFace,
                        .path = entry->path().string(),
                        .problem = std::string(snapshot.status().message())});
      continue;
    }
    std::ranges::move(ListFolder(*snapshot, name, ModelSource::kHuggingFace),
                      std::back_inserter(models));
  }
  return models;
}

}  // namespace hwledger
