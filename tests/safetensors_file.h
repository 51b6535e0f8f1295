#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// A tensor to be stored.
struct TensorToStore {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  int64_t bytes = 0;
};

// A safetensors file: its JSON text's length, the text, and data of zeros.
std::string SafetensorsBytes(std::string_view header, int64_t data_bytes);

// One that holds `tensors`, one after the other.
std::string SafetensorsBytes(const std::vector<TensorToStore>& tensors);

// Writes `text` to `path`, with the folders on the way there.
void WriteText(std::string_view text, const std::string& path);

// The config.json of a llama of 664 parameters: embedding and output 4 × 8
// each, three norms of 8, queries and output 8 × 8, keys and values 8 × 4, and
// three projections of 8 × 16. 2 × (32 + 64 + 32) + 24 + 384 = 664.
std::string TinyConfig();

}  // namespace hwledger
