#pragma once

#include <string>

#include "core/model/gguf.h"

namespace hwledger {

// 16 hexadecimal digits that tell one model from the next: FNV-1a (64 bits,
// draft-eastlake-fnv) of its metadata and its tensors' names, types, dimensions
// and offsets, which determine the size of the file. The same on every machine
// and in every version. The weights themselves are not read, so two trainings
// that differ in nothing but numbers have the same digest; it is a name and no
// protection.
std::string ModelDigest(const GgufHeader& header);

}  // namespace hwledger
