#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/model/byte_reader.h"

namespace hwledger {

// A regular file that is being read.
class InputFile {
 public:
  // NotFound: no such file. InvalidArgument: a directory, a pipe, a circle of
  // links. PermissionDenied: may not be read. None of them names the file.
  static absl::StatusOr<InputFile> Open(const std::string& path);

  int64_t size() const { return size_; }
  // Reads at most the first `read_max` bytes, and only while this lives.
  ByteReader Reader(int64_t read_max);

 private:
  InputFile(std::unique_ptr<std::ifstream> file, int64_t size)
      : file_(std::move(file)), size_(size) {}

  std::unique_ptr<std::ifstream> file_;
  int64_t size_;
};

// The file's text, all of it. As InputFile::Open; ResourceExhausted: more than
// `bytes_max`. Names the file.
absl::StatusOr<std::string> ReadTextFile(const std::string& path,
                                         int64_t bytes_max);

// `status` with the file's name behind its message.
absl::Status OfFile(const absl::Status& status, const std::string& path);

}  // namespace hwledger
