#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace hwledger {

// A folder of its own, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(testing::TempDir() + "hwledger-XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr) << path_;
  }
  ~TemporaryFolder() {
    std::error_code ignored;  // What is left over is in the way of nobody.
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
};

// A path for a test's file, in a folder that is the program's alone: programs
// run side by side.
inline std::string TestFile(std::string_view name) {
  static const TemporaryFolder folder;
  return folder / name;
}

}  // namespace hwledger
