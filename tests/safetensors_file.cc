#include "tests/safetensors_file.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hwledger {

std::string SafetensorsBytes(std::string_view header, int64_t data_bytes) {
  const uint64_t length = header.size();
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof(length));
  bytes.append(header);
  bytes.resize(bytes.size() + static_cast<size_t>(data_bytes));
  return bytes;
}

std::string SafetensorsBytes(const std::vector<TensorToStore>& tensors) {
  std::vector<std::string> entries;
  int64_t begin = 0;
  for (const TensorToStore& tensor : tensors) {
    entries.push_back(absl::StrCat(
        "\"", tensor.name, "\":{\"dtype\":\"", tensor.dtype, "\",\"shape\":[",
        absl::StrJoin(tensor.shape, ","), "],\"data_offsets\":[", begin, ",",
        begin + tensor.bytes, "]}"));
    begin += tensor.bytes;
  }
  return SafetensorsBytes(absl::StrCat("{", absl::StrJoin(entries, ","), "}"),
                          begin);
}

void WriteText(std::string_view text, const std::string& path) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
}

std::string TinyConfig() {
  return R"({"model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
             "num_attention_heads": 2, "num_key_value_heads": 1,
             "num_hidden_layers": 1, "vocab_size": 4,
             "max_position_embeddings": 64, "torch_dtype": "bfloat16"})";
}

}  // namespace hwledger
