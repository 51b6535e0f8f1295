#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/source/folder_walk.h"

namespace hwledger {

// A model in GGUF: one file, or the parts of one.
struct GgufFile {
  std::string name;  // Of the file, relative to its folder; of the first part.
  std::string tag;   // "Q4_K_M": what the name ends in; may be empty.
  Bytes size;        // Of all parts that are there.
  std::string problem;  // What keeps it from being read; or empty.
};

// The models among `files`: no projectors, draft heads or importance matrices.
std::vector<GgufFile> GgufFilesOf(absl::Span<const FoundFile> files);

// Of the file at `path` and, where it is the first part of a model, of the
// others that are there.
Bytes SizeOfGguf(const std::string& path);

// The shortest that picks `file` out of `files`: its tag, or its name.
std::string PickOf(const GgufFile& file, absl::Span<const GgufFile> files);

// The one of `files` that `pick` means: a name, a tag ("q4_k_m") or a part of
// the name that ends where a word does, as for `llama-server -hf
// org/name:pick`. Empty: the only one. NotFound: none, or several; lists what
// there is, each behind `prefix`.
absl::StatusOr<GgufFile> PickGguf(absl::Span<const GgufFile> files,
                                  std::string_view pick,
                                  std::string_view prefix);

}  // namespace hwledger
