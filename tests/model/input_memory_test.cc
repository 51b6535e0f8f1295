#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/model/gguf.h"
#include "core/model/hf_folder.h"
#include "core/model/hf_header.h"
#include "core/model/known_model.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"
#include "core/model/safetensors.h"
#include "core/model/source/ollama_manifest.h"
#include "tests/gguf_file.h"
#include "tests/peak_memory.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

// Files that say they hold more than any model has, and files that do.
namespace hwledger {
namespace {

using testing::HasSubstr;
using testing::Le;

constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;
constexpr uint64_t kHuge = (uint64_t{1} << 63) - 1;

std::string Number(auto number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof(number));
}

std::string Repeat(std::string_view text, size_t count) {
  std::string result;
  result.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

// `count` distinct pieces of JSON, `piece` with each one's number in it.
std::string List(const absl::ParsedFormat<'d'>& piece, int64_t count) {
  std::string list;
  for (int64_t i = 0; i < count; ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ",", absl::StrFormat(piece, i));
  }
  return list;
}

// As the daemon reads a file, with all that follows from its header.
absl::Status ReadModel(const std::string& path) {
  const absl::StatusOr<GgufHeader> header = ReadGguf(path);
  if (!header.ok()) return header.status();
  ShapeOf(*header).IgnoreError();  // It may be no model of known make.
  Quantize(*header, "Q4_K_M").IgnoreError();
  return absl::OkStatus();
}

class GgufMemoryTest : public testing::Test {
 protected:
  // The status of reading `header`, which takes no more than it may.
  absl::Status Read(const GgufHeader& header) {
    WriteGguf(header, path_);
    return ReadIt();
  }
  absl::Status Read(std::string_view bytes) {
    WriteText(bytes, path_);
    return ReadIt();
  }

 private:
  absl::Status ReadIt() {
    const PeakMemory memory;
    absl::Status status = ReadModel(path_);
    EXPECT_THAT(memory.bytes(), Le(kInputMemoryMax));
    return status;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "model.gguf";
};

TEST_F(GgufMemoryTest, IsSmallForTheMostTensors) {
  GgufHeader header = TinyLlama();
  for (int64_t i = std::ssize(header.tensors); i < 65536; ++i) {
    header.tensors.push_back(
        TensorOf(absl::StrFormat("blk.1.%057d", i), "F32", {1, 1, 1, 1}));
  }

  EXPECT_THAT(Read(header), IsOk());
}

TEST_F(GgufMemoryTest, IsSmallForLongTexts) {
  GgufHeader header;
  for (int i = 0; i < 60; ++i) {
    header.metadata[absl::StrCat("k", i)] = std::string(1 << 20, 'x');
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForLongKeys) {
  GgufHeader header;
  for (int i = 0; i < 1000; ++i) {
    header.metadata[absl::StrFormat("%065535d", i)] = true;
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForManyLists) {
  GgufHeader header;
  for (int i = 0; i < 4096; ++i) {
    header.metadata[absl::StrCat("k", i)] =
        GgufArray{.length = 1024, .integers = std::vector<int64_t>(1024, 1)};
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForALongVocabulary) {
  GgufHeader header = TinyLlama();
  header.metadata["tokenizer.ggml.tokens"] = GgufArray{.length = 7 << 20};

  EXPECT_THAT(Read(header), IsOk());
}

// Every number of the file is somewhere among these.
TEST_F(GgufMemoryTest, IsSmallWhateverANumberInItSays) {
  const GgufHeader header = TinyLlama();
  const std::string bytes = GgufBytes(header);
  const PeakMemory memory;

  for (const uint64_t lie : {kHuge, kHuge / 8, uint64_t{1} << 30, ~kHuge}) {
    for (size_t place = 4; place + 8 <= bytes.size(); ++place) {
      std::string lying = bytes;
      lying.replace(place, 8, Number(lie));
      const auto read = ParseGguf(lying, int64_t{1} << 40);
      if (read.ok()) ShapeOf(*read).IgnoreError();
    }
  }
  EXPECT_THAT(memory.bytes(), Le(1 << 20));
}

TEST(SplitGgufMemoryTest, IsSmallForManyTensorsInManyParts) {
  const TemporaryFolder folder;
  GgufHeader part;
  for (int i = 0; i < 40000; ++i) {
    part.tensors.push_back(
        TensorOf(absl::StrFormat("%063d", i), "F32", {1, 1, 1, 1}));
  }
  part.metadata["split.count"] = int64_t{2};
  for (int i = 0; i < 2; ++i) {
    part.metadata["split.no"] = int64_t{i};
    WriteGguf(part, folder / absl::StrFormat("m-%05d-of-00002.gguf", i + 1));
  }
  const PeakMemory memory;

  EXPECT_THAT(ReadGguf(folder / "m-00001-of-00002.gguf"),
              StatusIs(kLoss, HasSubstr("more tensors than any model has")));
  EXPECT_THAT(memory.bytes(), Le(kInputMemoryMax));
}

// The status of `parse`, which takes no more than it may.
absl::Status WithinBound(const std::function<absl::Status()>& parse) {
  const PeakMemory memory;
  absl::Status status = parse();
  EXPECT_THAT(memory.bytes(), Le(kInputMemoryMax));
  return status;
}

absl::Status ReadTensors(std::string_view bytes) {
  return WithinBound([bytes] {
    return ParseSafetensors(bytes, static_cast<int64_t>(bytes.size())).status();
  });
}

TEST(SafetensorsMemoryTest, IsSmallForALengthThatIsALie) {
  for (const uint64_t length : {kHuge, ~uint64_t{0}, uint64_t{1} << 40}) {
    EXPECT_THAT(ReadTensors(Number(length) + "{}"),
                StatusIs(kLoss, HasSubstr(absl::StrCat(length))));
  }
}

// So many tensors with names of 126 bytes, which are 16 MB at the most.
std::string TensorsOf(int64_t count) {
  return List(
      absl::ParsedFormat<'d'>(
          R"("%0126d":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})"),
      count);
}

TEST(SafetensorsMemoryTest, IsSmallForTheMostTensors) {
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131072), "}"), 0)),
              IsOk());
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131073), "}"), 0)),
              StatusIs(kLoss, HasSubstr("more tensors than any file has")));
  EXPECT_THAT(ReadTensors(SafetensorsBytes(
                  absl::StrCat("{", TensorsOf(131071), R"(,"__metadata__":)",
                               std::string(5'000'000, '9')),
                  0)),
              StatusIs(kLoss, HasSubstr("too long: offset")));
}

TEST(SafetensorsMemoryTest, IsSmallForHundredMegabytesOfAnything) {
  const auto read = [](std::string_view start, char rest) {
    return ReadTensors(SafetensorsBytes(
        absl::StrCat(start, std::string(99'999'900, rest)), 0));
  };

  EXPECT_THAT(read("", '['), StatusIs(kLoss, HasSubstr("not a JSON object")));
  EXPECT_THAT(read(R"({"t":{"x":)", '['),
              StatusIs(kLoss, HasSubstr("nested too deep: offset")));
  EXPECT_THAT(read("{\"", 'n'), StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("{\"n\":", '9'),
              StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("", ' '), StatusIs(kLoss, HasSubstr("too long: offset")));
  EXPECT_THAT(read("", '\0'), StatusIs(kLoss, HasSubstr("not JSON: offset")));
}

absl::Status ReadConfig(std::string_view config) {
  return WithinBound([config] { return ConfigModel(config).status(); });
}

std::string ConfigWith(std::string_view rest) {
  return absl::StrCat(R"({"model_type":"llama","hidden_size":)", rest, "}");
}

TEST(ConfigMemoryTest, IsSmallForManyPieces) {
  for (const std::string_view piece :
       {"[],", "{},", "1,", "\"\",", "{\"\":1},"}) {
    const size_t count = (4'000'000) / piece.size();

    EXPECT_THAT(
        ReadConfig(ConfigWith(absl::StrCat("[", Repeat(piece, count), "1]"))),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 HasSubstr("more JSON than any config has")))
        << piece;
  }
  EXPECT_THAT(
      ReadConfig(ConfigWith(absl::StrCat(
          "{", List(absl::ParsedFormat<'d'>("\"%d\":{}"), 300'000), "}"))),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("more JSON than any config has")));
}

TEST(ConfigMemoryTest, IsSmallForTheMostPieces) {
  // Each of the last has a name, a start and an end.
  for (const std::string& most :
       {absl::StrCat("[", Repeat("[],", 131'000), "1]"),
        absl::StrCat("[", Repeat("{},", 131'000), "1]"),
        absl::StrCat("[", Repeat("1,", 262'000), "1]"),
        absl::StrCat("{", List(absl::ParsedFormat<'d'>("\"%d\":{}"), 87'000),
                     "}")}) {
    EXPECT_THAT(ReadConfig(ConfigWith(most)),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("a whole number from 1")));
    EXPECT_THAT(
        ReadConfig(absl::StrCat(R"({"text_config":)", ConfigWith(most), "}")),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 HasSubstr("a whole number from 1")));
  }
}

TEST(ConfigMemoryTest, IsSmallForLongTextsAndDeepNests) {
  constexpr size_t size = 2'000'000;
  const auto refused = [](std::string_view why) {
    return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(why));
  };

  EXPECT_THAT(ReadConfig(std::string(size, '[')),
              refused("nested too deep: offset"));
  EXPECT_THAT(ReadConfig(Repeat(R"({"a":)", size / 5)),
              refused("nested too deep: offset"));
  EXPECT_THAT(
      ReadConfig(ConfigWith(absl::StrCat("\"", std::string(size, 'x'), "\""))),
      refused("a whole number from 1"));
  EXPECT_THAT(ReadConfig(ConfigWith(
                  absl::StrCat("\"", Repeat("\\u0001", size / 6), "\""))),
              refused("a whole number from 1"));
  EXPECT_THAT(ReadConfig(std::string(100'000'000, '[')),
              refused("at most 4194304 bytes"));
}

class FolderMemoryTest : public testing::Test {
 protected:
  void SetUp() override { WriteText(TinyConfig(), folder_ / "config.json"); }

  absl::Status Read() {
    return WithinBound(
        [this] { return ReadHfFolder(folder_.path()).status(); });
  }
  absl::Status ReadIndex(std::string_view map) {
    WriteText(absl::StrCat(R"({"weight_map":{)", map, "}}"),
              folder_ / "model.safetensors.index.json");
    return Read();
  }

  const TemporaryFolder folder_;
};

TEST_F(FolderMemoryTest, IsSmallForAMillionTensorsInAnIndex) {
  EXPECT_THAT(ReadIndex(List(absl::ParsedFormat<'d'>(
                                 "\"model.layers.%d\":\"a.safetensors\""),
                             1'000'000)),
              IsOk());
}

TEST_F(FolderMemoryTest, IsSmallForAMillionFilesInAnIndex) {
  EXPECT_THAT(
      ReadIndex(List(absl::ParsedFormat<'d'>("\"t\":\"%0250d\""), 300'000)),
      StatusIs(kLoss, HasSubstr("more files than any model has")));
}

TEST_F(FolderMemoryTest, IsSmallForLongNamesInAnIndex) {
  EXPECT_THAT(
      ReadIndex(List(absl::ParsedFormat<'d'>("\"t\":\"%01000000d\""), 30)),
      StatusIs(kLoss, HasSubstr("leads out of its folder")));
}

TEST_F(FolderMemoryTest, IsSmallForAConfigWithoutEnd) {
  WriteText(std::string(100'000'000, '['), folder_ / "config.json");

  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kResourceExhausted,
                               HasSubstr("100000000 bytes of at most")));
}

TEST_F(FolderMemoryTest, IsSmallForAManifestOfOllamas) {
  const std::string path = folder_ / "manifest";
  const auto read = [&](std::string_view layers) {
    WriteText(absl::StrCat(R"({"layers":[)", layers, "]}"), path);
    return WithinBound(
        [&] { return ReadOllamaManifest(path, folder_.path()).status(); });
  };

  EXPECT_THAT(read(absl::StrCat(Repeat("{},", 1'300'000), "1")),
              StatusIs(kLoss, HasSubstr("more JSON than any config has")));
  EXPECT_THAT(read(std::string(4'000'000, '[')),
              StatusIs(kLoss, HasSubstr("nested too deep")));
}

}  // namespace
}  // namespace hwledger
