#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"

namespace hwledger {

// A file below a folder.
struct FoundFile {
  std::string name;  // Relative to the folder.
  Bytes size;
  std::string problem;  // Why it is no file that can be read; or empty.
};

// The files below `folder`, sorted by name, down to `depth_max` folders deep
// (1: none of its folders). Follows links, enters no folder twice. A folder
// that cannot be read is a file with a problem; one that is not there has none.
std::vector<FoundFile> WalkFolder(const std::string& folder, int depth_max);

// Nothing where it is not there.
Bytes SizeOfFile(const std::string& path);

}  // namespace hwledger
