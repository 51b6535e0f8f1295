#include "core/model/source/folder_walk.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

namespace hwledger {
namespace {

namespace fs = std::filesystem;

// Far more than any cache has; a wrong folder may have millions.
constexpr size_t kFilesMax = 100'000;

class Walk {
 public:
  explicit Walk(int depth_max) : depth_max_(depth_max) {}

  void Enter(const fs::path& folder, const std::string& prefix, int depth) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (!error && !entered_.insert(real).second) return;
    fs::directory_iterator entry(folder, error);
    if (error) {
      if (error != std::errc::no_such_file_or_directory) {
        files_.push_back({.name = prefix, .problem = error.message()});
      }
      return;
    }
    for (; entry != fs::directory_iterator(); entry.increment(error)) {
      if (files_.size() == kFilesMax) return;
      Look(*entry, prefix, depth);
    }
  }

  std::vector<FoundFile> Files() && {
    std::ranges::sort(files_, {}, &FoundFile::name);
    return std::move(files_);
  }

 private:
  void Look(const fs::directory_entry& entry, const std::string& prefix,
            int depth) {
    const std::string name = prefix + entry.path().filename().string();
    std::error_code error;
    const fs::file_status status = entry.status(error);
    if (fs::is_directory(status)) {
      if (depth < depth_max_) Enter(entry.path(), name + "/", depth + 1);
      return;
    }
    FoundFile& file = files_.emplace_back(FoundFile{.name = name});
    if (status.type() == fs::file_type::not_found) {
      file.problem = "a link to a file that is not there";
    } else if (error) {
      file.problem = error.message();
    } else if (!fs::is_regular_file(status)) {
      file.problem = "not a regular file";
    } else if (const auto size = entry.file_size(error); !error) {
      file.size = Bytes(static_cast<int64_t>(size));
    }
  }

  const int depth_max_;
  std::set<fs::path> entered_;
  std::vector<FoundFile> files_;
};

}  // namespace

std::vector<FoundFile> WalkFolder(const std::string& folder, int depth_max) {
  Walk walk(depth_max);
  walk.Enter(folder, "", 1);
  return std::move(walk).Files();
}

Bytes SizeOfFile(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? Bytes() : Bytes(static_cast<int64_t>(size));
}

}  // namespace hwledger
