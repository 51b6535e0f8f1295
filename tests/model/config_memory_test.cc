#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/model/hf_folder.h"
#include "core/model/known_model.h"
#include "core/model/source/ollama_manifest.h"
#include "tests/model/input_memory.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

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
