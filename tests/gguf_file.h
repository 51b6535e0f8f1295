#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/gguf.h"

namespace hwledger {

// The bytes of a GGUF file up to its tensors' data. Numbers are stored in the
// types that libllama asks for; the elements of an array without `integers` are
// empty texts. The tensors' data follow each other in the order given, whatever
// their `offset` says.
std::string GgufBytes(const GgufHeader& header);

// Writes a file of the right length for `header`. The tensors' data is a hole:
// it reads as zeros and takes no room on the disk.
void WriteGguf(const GgufHeader& header, const std::string& path);

// Of the whole file, the tensors' data included.
int64_t GgufFileSize(const GgufHeader& header);

// A tensor for a header, the dimension that is contiguous first.
GgufTensor TensorOf(std::string name, std::string_view type,
                    std::vector<int64_t> dimensions);

// A small model that libllama loads: the llama architecture, 2 blocks, 64
// elements wide, 8 tokens, no vocabulary.
GgufHeader TinyLlama();

}  // namespace hwledger
