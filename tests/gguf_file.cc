#include "tests/gguf_file.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <variant>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

constexpr int64_t kAlignmentDefault = 32;

template <typename T>
void Append(T number, std::string& bytes) {
  bytes.append(reinterpret_cast<const char*>(&number), sizeof(T));
}

void AppendText(std::string_view text, std::string& bytes) {
  Append<uint64_t>(text.size(), bytes);
  bytes.append(text);
}

void AppendInteger(std::string_view key, int64_t integer, std::string& bytes) {
  if (key == "split.no" || key == "split.count") {
    Append<uint32_t>(2, bytes);
    Append(static_cast<uint16_t>(integer), bytes);
  } else if (integer < 0 || key == "split.tensors.count") {
    Append<uint32_t>(5, bytes);
    Append(static_cast<int32_t>(integer), bytes);
  } else if (integer <= std::numeric_limits<uint32_t>::max()) {
    Append<uint32_t>(4, bytes);
    Append(static_cast<uint32_t>(integer), bytes);
  } else {
    Append<uint32_t>(10, bytes);
    Append(static_cast<uint64_t>(integer), bytes);
  }
}

void AppendArray(const GgufArray& array, std::string& bytes) {
  const bool texts = array.integers.empty();
  Append<uint32_t>(9, bytes);
  Append<uint32_t>(texts ? 8 : 5, bytes);
  Append<uint64_t>(static_cast<uint64_t>(array.length), bytes);
  if (texts) {
    bytes.append(static_cast<size_t>(array.length) * 8, '\0');
  }
  for (const int64_t integer : array.integers) {
    Append(static_cast<int32_t>(integer), bytes);
  }
}

void AppendValue(std::string_view key, const GgufValue& value,
                 std::string& bytes) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    AppendInteger(key, *integer, bytes);
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    Append<uint32_t>(7, bytes);
    Append(static_cast<uint8_t>(*truth), bytes);
  } else if (const auto* real = std::get_if<double>(&value)) {
    Append<uint32_t>(6, bytes);
    Append(static_cast<float>(*real), bytes);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    Append<uint32_t>(8, bytes);
    AppendText(*text, bytes);
  } else {
    AppendArray(std::get<GgufArray>(value), bytes);
  }
}

int64_t Padded(int64_t size, const GgufHeader& header) {
  const int64_t alignment =
      header.Integer("general.alignment").value_or(kAlignmentDefault);
  return (size + alignment - 1) / alignment * alignment;
}

}  // namespace

std::string GgufBytes(const GgufHeader& header) {
  std::string bytes = "GGUF";
  Append<uint32_t>(3, bytes);
  Append<uint64_t>(header.tensors.size(), bytes);
  Append<uint64_t>(header.metadata.size(), bytes);
  for (const auto& [key, value] : header.metadata) {
    AppendText(key, bytes);
    AppendValue(key, value, bytes);
  }
  int64_t offset = 0;
  for (const GgufTensor& tensor : header.tensors) {
    AppendText(tensor.name, bytes);
    Append(static_cast<uint32_t>(tensor.dimensions.size()), bytes);
    for (const int64_t dimension : tensor.dimensions) Append(dimension, bytes);
    Append(tensor.type->id, bytes);
    Append(offset, bytes);
    offset += Padded(tensor.size().count(), header);
  }
  bytes.resize(
      static_cast<size_t>(Padded(static_cast<int64_t>(bytes.size()), header)));
  return bytes;
}

int64_t GgufFileSize(const GgufHeader& header) {
  auto size = static_cast<int64_t>(GgufBytes(header).size());
  for (const GgufTensor& tensor : header.tensors) {
    size += Padded(tensor.size().count(), header);
  }
  return size;
}

void WriteGguf(const GgufHeader& header, const std::string& path) {
  const std::string bytes = GgufBytes(header);
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  std::error_code error;
  std::filesystem::resize_file(
      path, static_cast<uintmax_t>(GgufFileSize(header)), error);
  ASSERT_FALSE(error) << error.message() << ": " << path;
}

GgufTensor TensorOf(std::string name, std::string_view type,
                    std::vector<int64_t> dimensions) {
  return {.name = std::move(name),
          .type = FindTensorType(type),
          .dimensions = std::move(dimensions)};
}

GgufHeader TinyLlama() {
  GgufHeader header;
  header.metadata = {
      {"general.architecture", std::string("llama")},
      {"llama.attention.head_count", int64_t{2}},
      {"llama.attention.head_count_kv", int64_t{1}},
      {"llama.attention.layer_norm_rms_epsilon", 1e-5},
      {"llama.block_count", int64_t{2}},
      {"llama.context_length", int64_t{512}},
      {"llama.embedding_length", int64_t{64}},
      {"llama.feed_forward_length", int64_t{128}},
      {"llama.rope.dimension_count", int64_t{32}},
      {"llama.vocab_size", int64_t{8}},
      {"tokenizer.ggml.model", std::string("none")},
  };
  header.tensors = {TensorOf("token_embd.weight", "F16", {64, 8}),
                    TensorOf("output_norm.weight", "F32", {64}),
                    TensorOf("output.weight", "F16", {64, 8})};
  for (int block = 0; block < 2; ++block) {
    const auto add = [&](std::string_view name, std::string_view type,
                         std::vector<int64_t> dimensions) {
      header.tensors.push_back(
          TensorOf(absl::StrCat("blk.", block, ".", name, ".weight"), type,
                   std::move(dimensions)));
    };
    add("attn_norm", "F32", {64});
    add("attn_q", "F16", {64, 64});
    add("attn_k", "F16", {64, 32});
    add("attn_v", "F16", {64, 32});
    add("attn_output", "F16", {64, 64});
    add("ffn_norm", "F32", {64});
    add("ffn_gate", "F16", {64, 128});
    add("ffn_up", "F16", {64, 128});
    add("ffn_down", "F16", {128, 64});
  }
  return header;
}

}  // namespace hwledger
