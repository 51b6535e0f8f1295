#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/model/catalogue.h"
#include "core/model/gguf.h"
#include "core/model/hf_folder.h"
#include "core/model/hf_header.h"
#include "core/model/input_file.h"
#include "core/model/model_shape.h"
#include "core/model/safetensors.h"
#include "tests/gguf_file.h"
#include "tests/peak_memory.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

// Whatever a download leaves behind is read or refused, and never takes much.
namespace hwledger {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Le;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;

// A value of each kind that a header may have.
GgufHeader HeaderOfEveryKind() {
  GgufHeader header = TinyLlama();
  header.metadata["general.alignment"] = int64_t{64};
  header.metadata["kind.large"] = int64_t{1} << 40;
  header.metadata["kind.list"] = GgufArray{.length = 2, .integers = {1, -2}};
  header.metadata["kind.negative"] = int64_t{-5};
  header.metadata["kind.nothing"] = std::string();
  header.metadata["kind.truth"] = true;
  header.metadata["kind.vocabulary"] = GgufArray{.length = 50};
  header.tensors.push_back(TensorOf("kind.weight", "Q4_K", {256, 2, 2, 2}));
  return header;
}

// The first two shards' worth of what transformers writes for a Llama, padded
// to eight bytes as safetensors does.
std::string LlamaTensors() {
  std::vector<TensorToStore> tensors = {
      {"model.embed_tokens.weight", "BF16", {128, 64}, 16384}};
  for (const std::string_view name :
       {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
        "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"}) {
    tensors.push_back({absl::StrCat("model.layers.0.", name, ".weight"),
                       "BF16",
                       {64, 64},
                       8192});
  }
  tensors.push_back({"model.norm.weight", "F32", {64}, 256});
  const std::string bytes = SafetensorsBytes(tensors);
  const int64_t data = 16384 + 7 * 8192 + 256;
  std::string header =
      bytes.substr(8, bytes.size() - 8 - static_cast<size_t>(data));
  header.replace(0, 1, R"({"__metadata__":{"format":"pt"},)");
  header.resize((header.size() + 7) / 8 * 8, ' ');
  return SafetensorsBytes(header, data);
}

TEST(InputPrefixTest, OfTheDemoIsRefusedBeforeItsTensorsEnd) {
  const std::string bytes = *ReadTextFile(HWLEDGER_DEMO, 16 << 20);
  const auto size = static_cast<int64_t>(bytes.size());
  constexpr size_t header_bytes = 47870;  // 32 keys and 39 tensors.
  const PeakMemory memory;

  for (size_t length = 0; length < header_bytes; ++length) {
    ASSERT_THAT(
        ParseGguf(std::string_view(bytes).substr(0, length), size),
        StatusIs(kLoss, AnyOf(HasSubstr("offset"), HasSubstr("not a GGUF"))))
        << length;
  }
  EXPECT_THAT(memory.bytes(), Le(1 << 20));
  EXPECT_THAT(ParseGguf(std::string_view(bytes).substr(0, header_bytes), size),
              IsOk());
  EXPECT_THAT(ParseGguf(std::string_view(bytes).substr(0, header_bytes),
                        int64_t{header_bytes}),
              StatusIs(kLoss, HasSubstr("past the end of the file")));
}

TEST(InputPrefixTest, OfAGgufFileWithValuesOfEveryKindIsRefused) {
  const GgufHeader header = HeaderOfEveryKind();
  const std::string bytes = GgufBytes(header);
  const PeakMemory memory;

  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::string_view prefix = std::string_view(bytes).substr(0, length);
    ASSERT_THAT(ParseGguf(prefix, static_cast<int64_t>(length)),
                StatusIs(kLoss))
        << length;
  }
  EXPECT_THAT(memory.bytes(), Le(1 << 20));
  EXPECT_THAT(ParseGguf(bytes, GgufFileSize(header)), IsOk());
}

TEST(InputPrefixTest, OfEveryConfigOfTheCatalogueIsRefused) {
  const PeakMemory memory;
  for (const CatalogueEntry& entry : Catalogue()) {
    const std::string_view config = entry.config_json;
    for (size_t length = 0; length < config.size(); ++length) {
      ASSERT_THAT(HeaderOfHfConfig(config.substr(0, length)),
                  StatusIs(kInvalid, HasSubstr("not JSON: offset")))
          << entry.name << ", " << length;
    }
    ASSERT_THAT(HeaderOfHfConfig(config), IsOk()) << entry.name;
  }
  EXPECT_THAT(memory.bytes(), Le(kInputMemoryMax));
}

TEST(InputPrefixTest, OfASafetensorsFileIsRefused) {
  const std::string bytes = LlamaTensors();
  const auto size = static_cast<int64_t>(bytes.size());
  const PeakMemory memory;

  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::string_view prefix = std::string_view(bytes).substr(0, length);
    ASSERT_THAT(ParseSafetensors(prefix, static_cast<int64_t>(length)),
                StatusIs(kLoss, HasSubstr("offset")))
        << length;
  }
  EXPECT_THAT(memory.bytes(), Le(1 << 20));
  EXPECT_THAT(ParseSafetensors(bytes, size), IsOk());
}

TEST(InputPrefixTest, OfAnIndexIsRefused) {
  const TemporaryFolder folder;
  const std::string path = folder / "model.safetensors.index.json";
  const std::string index = R"({"metadata": {"total_size": 4}, "weight_map": {
      "model.embed_tokens.weight": "model-00001-of-00002.safetensors",
      "model.norm.weight": "model-00002-of-00002.safetensors"}})";
  WriteText(TinyConfig(), folder / "config.json");

  for (size_t length = 0; length < index.size(); ++length) {
    WriteText(index.substr(0, length), path);
    ASSERT_THAT(ReadHfFolder(folder.path()),
                StatusIs(kLoss, HasSubstr("not JSON: offset")))
        << length;
  }
  WriteText(index, path);
  EXPECT_THAT(ReadHfFolder(folder.path()), IsOk());
}

}  // namespace
}  // namespace hwledger
