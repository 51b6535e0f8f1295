#include "core/model/input_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace hwledger {
namespace {

// What keeps the file at `path` from being read.
absl::Status CheckFile(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status file =
      std::filesystem::status(path, error);
  switch (file.type()) {
    case std::filesystem::file_type::regular:
      return absl::OkStatus();
    case std::filesystem::file_type::not_found:
      return absl::NotFoundError("it does not exist");
    case std::filesystem::file_type::directory:
      return absl::InvalidArgumentError("a directory, not a file");
    case std::filesystem::file_type::none:
      if (error == std::errc::permission_denied) {
        return absl::PermissionDeniedError("the file may not be read");
      }
      return absl::InvalidArgumentError(
          absl::StrCat("the file cannot be looked at: ", error.message()));
    default:
      // Reading from a pipe or a device could wait for ever.
      return absl::InvalidArgumentError("not a regular file");
  }
}

absl::StatusOr<std::string> ReadText(const std::string& path,
                                     int64_t bytes_max) {
  ABSL_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  if (file.size() > bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("the file is too long: %d bytes of at most %d",
                        file.size(), bytes_max));
  }
  std::string text(static_cast<size_t>(file.size()), '\0');
  ABSL_RETURN_IF_ERROR(file.Reader(bytes_max).Read(absl::MakeSpan(text)));
  return text;
}

}  // namespace

absl::StatusOr<InputFile> InputFile::Open(const std::string& path) {
  ABSL_RETURN_IF_ERROR(CheckFile(path));
  auto file =
      std::make_unique<std::ifstream>(path, std::ios::binary | std::ios::ate);
  if (!*file) {
    return errno == EACCES || errno == EPERM
               ? absl::PermissionDeniedError("the file may not be read")
               : absl::UnavailableError("the file cannot be opened");
  }
  const int64_t size = std::max<int64_t>(file->tellg(), 0);
  return InputFile(std::move(file), size);
}

ByteReader InputFile::Reader(int64_t read_max) {
  std::ifstream* file = file_.get();
  return ByteReader(
      [file](int64_t offset, absl::Span<char> into) -> size_t {
        file->seekg(offset);
        file->read(into.data(), static_cast<std::streamsize>(into.size()));
        return static_cast<size_t>(file->gcount());
      },
      size_, read_max);
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path,
                                         int64_t bytes_max) {
  absl::StatusOr<std::string> text = ReadText(path, bytes_max);
  if (!text.ok()) return OfFile(text.status(), path);
  return text;
}

absl::Status OfFile(const absl::Status& status, const std::string& path) {
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), ", file '", path, "'"));
}

}  // namespace hwledger
