#include "core/model/source/gguf_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr absl::StatusCode kNone = absl::StatusCode::kNotFound;

std::vector<GgufFile> ModelsOf(const std::vector<std::string>& names) {
  std::vector<FoundFile> files;
  for (const std::string& name : names) {
    files.push_back({.name = name, .size = Bytes(10)});
  }
  return GgufFilesOf(files);
}

auto Named(const std::string& name) { return Field(&GgufFile::name, name); }

TEST(GgufFilesTest, AreTheModelsAmongTheFiles) {
  EXPECT_THAT(
      ModelsOf({"README.md", "a-Q4_K_M.gguf", "b.gguf.part", "folder/c.GGUF",
                "mmproj-a-f16.gguf", "a.imatrix.gguf", "mtp-a.gguf"}),
      ElementsAre(Named("a-Q4_K_M.gguf"), Named("folder/c.GGUF")));
}

TEST(GgufFilesTest, JoinThePartsOfAModel) {
  const std::vector<GgufFile> models =
      ModelsOf({"m-Q8_0-00002-of-00003.gguf", "m-Q8_0-00001-of-00003.gguf",
                "m-Q8_0-00003-of-00003.gguf"});

  ASSERT_THAT(models, ElementsAre(Named("m-Q8_0-00001-of-00003.gguf")));
  EXPECT_EQ(models[0].size, Bytes(30));
  EXPECT_EQ(models[0].tag, "Q8_0");
  EXPECT_THAT(models[0].problem, IsEmpty());
}

TEST(GgufFilesTest, SayWhichPartIsMissing) {
  EXPECT_EQ(ModelsOf({"m-00001-of-00003.gguf", "m-00003-of-00003.gguf"})
                .front()
                .problem,
            "part 2 of 3 is missing");
  EXPECT_EQ(ModelsOf({"m-00002-of-00002.gguf"}).front().problem,
            "part 1 of 2 is missing");
  EXPECT_EQ(ModelsOf({"m-00001-of-00002.gguf"}).front().problem,
            "part 2 of 2 is missing");
}

TEST(GgufFilesTest, HaveATagThatIsOneWord) {
  EXPECT_EQ(ModelsOf({"qwen3-8b-q4_k_m.gguf"})[0].tag, "Q4_K_M");
  EXPECT_EQ(ModelsOf({"folder-Q4_0/model.F16.gguf"})[0].tag, "F16");
  EXPECT_EQ(ModelsOf({"folder-Q4_0/model.gguf"})[0].tag, "");
  EXPECT_EQ(ModelsOf({"a-b c.gguf"})[0].tag, "");
}

TEST(GgufFilesTest, AreAsLargeAsAllTheirParts) {
  const TemporaryFolder folder;
  WriteText("123", folder / "m-00001-of-00002.gguf");
  WriteText("45", folder / "m-00002-of-00002.gguf");
  WriteText("6", folder / "m-00001-of-00003.gguf");

  EXPECT_EQ(SizeOfGguf(folder / "m-00001-of-00002.gguf"), Bytes(5));
  EXPECT_EQ(SizeOfGguf(folder / "m-00001-of-00003.gguf"), Bytes(1));
  EXPECT_EQ(SizeOfGguf(folder / "none.gguf"), Bytes(0));
}

TEST(PickGgufTest, TakesTheOnlyOne) {
  EXPECT_THAT(PickGguf(ModelsOf({"a.gguf"}), "", "p:"),
              IsOkAndHolds(Named("a.gguf")));
}

TEST(PickGgufTest, GoesByNameThenByTagThenByWords) {
  const std::vector<GgufFile> files =
      ModelsOf({"m-Q4_K_M.gguf", "m-Q4_K_S.gguf", "m-UD-Q4_K_XL.gguf",
                "Q8_0/m-it.gguf", "q4_k_m/m-Q4_K_M.gguf"});

  for (const auto& [pick, name] :
       std::vector<std::pair<std::string, std::string>>{
           {"q4_k_s", "m-Q4_K_S.gguf"},
           {"m-Q4_K_S", "m-Q4_K_S.gguf"},
           {"M-Q4_K_S.gguf", "m-Q4_K_S.gguf"},
           {"UD-Q4_K_XL", "m-UD-Q4_K_XL.gguf"},
           {"Q8_0", "Q8_0/m-it.gguf"},
           {"m-Q4_K_M.gguf", "m-Q4_K_M.gguf"},
           {"q4_k_m/m-Q4_K_M.gguf", "q4_k_m/m-Q4_K_M.gguf"}}) {
    EXPECT_THAT(PickGguf(files, pick, "p:"), IsOkAndHolds(Named(name))) << pick;
  }
}

TEST(PickGgufTest, ListsWhatCouldBeMeant) {
  const std::vector<GgufFile> files =
      ModelsOf({"a-Q4_0.gguf", "b-Q4_0.gguf", "c-Q8_0.gguf"});

  EXPECT_THAT(PickGguf(files, "", "org/name:"),
              StatusIs(kNone, AllOf(HasSubstr("'org/name:a-Q4_0.gguf'"),
                                    HasSubstr("'org/name:Q8_0'"))));
  EXPECT_THAT(PickGguf(files, "Q4_0", "org/name:"),
              StatusIs(kNone, AllOf(HasSubstr("'org/name:b-Q4_0.gguf'"),
                                    Not(HasSubstr("Q8_0")))));
  // A quantization is a whole word: Q4 is neither Q4_0 nor Q4_K.
  EXPECT_THAT(PickGguf(files, "Q4", "org/name:"),
              StatusIs(kNone, HasSubstr("no model 'Q4'")));
}

TEST(PickOfTest, FindsEachFileAgain) {
  const std::vector<GgufFile> files =
      ModelsOf({"a-Q4_0.gguf", "b-Q4_0.gguf", "c-Q8_0.gguf", "d/plain.gguf",
                "e/plain.gguf"});

  for (const GgufFile& file : files) {
    EXPECT_THAT(PickGguf(files, PickOf(file, files), ""),
                IsOkAndHolds(Named(file.name)));
  }
}

}  // namespace
}  // namespace hwledger
