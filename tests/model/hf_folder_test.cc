#include "core/model/hf_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/hf_header.h"
#include "core/model/stored_warning.h"
#include "nlohmann/json.hpp"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;

class HfFolderTest : public testing::Test {
 protected:
  void SetUp() override { WriteText(TinyConfig(), folder_ / "config.json"); }

  // One tensor of `elements` in BF16.
  void WriteShard(const std::string& name, const std::string& tensor,
                  int64_t elements) const {
    WriteText(SafetensorsBytes({{tensor, "BF16", {elements}, 2 * elements}}),
              folder_ / name);
  }

  const TemporaryFolder folder_;
};

TEST_F(HfFolderTest, NeedsNoWeights) {
  const absl::StatusOr<HfFolder> model = ReadHfFolder(folder_.path());

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->config_json, TinyConfig());
  EXPECT_EQ(model->stored, std::nullopt);
  EXPECT_THAT(model->files, ElementsAre(folder_ / "config.json"));
}

TEST_F(HfFolderTest, ReadsOneFile) {
  WriteShard("model.safetensors", "a", 600);
  // The same weights in another layout, as some repositories have them.
  WriteShard("consolidated.safetensors", "a", 600);

  EXPECT_EQ(ReadHfFolder(folder_.path())->stored->element_count, 600);
}

TEST_F(HfFolderTest, ReadsTheShardsOfTheIndex) {
  WriteShard("model-00001-of-00002.safetensors", "a", 600);
  WriteShard("model-00002-of-00002.safetensors", "b", 64);
  WriteShard("model-unused.safetensors", "c", 9);
  WriteText(R"({"metadata": {"total_size": 1328}, "weight_map": {
                 "a": "model-00001-of-00002.safetensors",
                 "b": "model-00002-of-00002.safetensors"}})",
            folder_ / "model.safetensors.index.json");

  const absl::StatusOr<HfFolder> model = ReadHfFolder(folder_.path());

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->stored->element_count, 664);
  EXPECT_EQ(model->stored->size, Bytes(1328));
  EXPECT_THAT(model->files, SizeIs(4));
  EXPECT_THAT(model->warnings, IsEmpty());
}

TEST_F(HfFolderTest, FindsShardsWithoutAnIndex) {
  WriteShard("model-00001-of-00002.safetensors", "a", 600);
  WriteShard("model-00002-of-00002.safetensors", "b", 64);

  EXPECT_EQ(ReadHfFolder(folder_.path())->stored->element_count, 664);
}

TEST_F(HfFolderTest, SaysWhenAShardIsMissing) {
  WriteText(R"({"weight_map": {"a": "model-00001-of-00001.safetensors"}})",
            folder_ / "model.safetensors.index.json");

  const absl::StatusOr<HfFolder> model = ReadHfFolder(folder_.path());

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->stored, std::nullopt);
  EXPECT_THAT(model->warnings,
              ElementsAre(HasSubstr("'model-00001-of-00001.safetensors' is "
                                    "missing")));
}

TEST_F(HfFolderTest, SaysWhenTheIndexIsOfOtherFiles) {
  WriteShard("model-1.safetensors", "a", 664);
  WriteText(R"({"weight_map": {"a": "model-1.safetensors",
                               "b": "model-1.safetensors"}})",
            folder_ / "model.safetensors.index.json");

  EXPECT_THAT(ReadHfFolder(folder_.path())->warnings,
              ElementsAre("The index lists 2 tensors, but the files hold 1."));
}

TEST_F(HfFolderTest, RefusesAnIndexThatLeadsElsewhere) {
  const std::string index = folder_ / "model.safetensors.index.json";
  for (const std::string_view name :
       {"../model.safetensors", "/etc/passwd", "", "..", "a/b.safetensors"}) {
    WriteText(R"({"weight_map": {"a": ")" + std::string(name) + "\"}}", index);

    EXPECT_THAT(ReadHfFolder(folder_.path()),
                StatusIs(kLoss, AllOf(HasSubstr("leads out of its folder"),
                                      HasSubstr(index))))
        << name;
  }
  WriteText(R"({"weight_map": )", index);
  EXPECT_THAT(ReadHfFolder(folder_.path()),
              StatusIs(kLoss, HasSubstr("not JSON")));
}

TEST_F(HfFolderTest, RefusesDamagedWeights) {
  WriteText("12345678{}", folder_ / "model.safetensors");

  EXPECT_THAT(ReadHfFolder(folder_.path()),
              StatusIs(kLoss, HasSubstr(folder_ / "model.safetensors")));
}

TEST_F(HfFolderTest, RefusesAConfigThatIsNoFile) {
  EXPECT_THAT(ReadHfFolder(folder_ / "none"),
              StatusIs(absl::StatusCode::kNotFound));

  WriteText("", folder_ / "other/config.json/file");
  EXPECT_THAT(
      ReadHfFolder(folder_ / "other"),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a directory")));
}

std::optional<std::string> WarningOf(StoredTensors stored,
                                     const std::string& config) {
  return StoredWarning(config, *HeaderOfHfConfig(config), stored);
}

TEST(StoredWarningTest, IsNotNeededWhereTheFilesStoreWhatTheConfigSays) {
  EXPECT_EQ(WarningOf({.element_count = 664}, TinyConfig()), std::nullopt);
  EXPECT_EQ(
      WarningOf({.element_count = 700, .constant_count = 36}, TinyConfig()),
      std::nullopt);
}

TEST(StoredWarningTest, SaysHowManyParametersAreLeftOut) {
  EXPECT_THAT(WarningOf({.element_count = 1000}, TinyConfig()),
              Optional(AllOf(HasSubstr("store 1000 parameters"),
                             HasSubstr("336 more"))));
}

TEST(StoredWarningTest, SaysHowManyParametersAreMissing) {
  EXPECT_THAT(WarningOf({.element_count = 600}, TinyConfig()),
              Optional(AllOf(HasSubstr("store 600 parameters"),
                             HasSubstr("64 fewer"))));
}

TEST(StoredWarningTest, KnowsWeightsThatAreStoredInAnotherForm) {
  nlohmann::json config = nlohmann::json::parse(TinyConfig());
  config["quantization_config"] = {{"quant_method", "gptq"}};

  EXPECT_THAT(
      WarningOf({.size = Bytes(400), .element_count = 100}, config.dump()),
      Optional(AllOf(HasSubstr("gptq: 400 bytes, 100 elements"),
                     HasSubstr("the 664 parameters"))));
}

}  // namespace
}  // namespace hwledger
