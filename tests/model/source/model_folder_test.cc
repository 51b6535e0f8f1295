#include "core/model/source/model_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ModelFolderTest : public testing::Test {
 protected:
  static auto LiesAt(const std::string& path) {
    return IsOkAndHolds(Field(&ModelLocation::path, path));
  }

  const TemporaryFolder folder_;
};

TEST_F(ModelFolderTest, IsNamedByItselfOrByAFileOfIt) {
  WriteText("{}", folder_ / "config.json");
  WriteText("", folder_ / "model.safetensors");

  for (const std::string& path :
       {folder_.path(), folder_.path() + "/", folder_ / "config.json",
        folder_ / "model.safetensors",
        folder_ / "model.safetensors.index.json"}) {
    const auto location = LocatePath(path);

    EXPECT_THAT(location, LiesAt(folder_.path()));
    EXPECT_TRUE(location->is_folder) << path;
  }
}

TEST_F(ModelFolderTest, MayHoldOneGgufFile) {
  WriteText("GGUF", folder_ / "m.gguf");
  EXPECT_THAT(LocatePath(folder_.path()), LiesAt(folder_ / "m.gguf"));

  WriteText("{}", folder_ / "config.json");
  EXPECT_THAT(LocatePath(folder_.path()), LiesAt(folder_ / "m.gguf"));

  WriteText("", folder_ / "model.safetensors");
  EXPECT_THAT(LocatePath(folder_.path()), LiesAt(folder_.path()));
}

TEST_F(ModelFolderTest, IsNotGuessedAt) {
  EXPECT_THAT(LocatePath(folder_.path()),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("neither a config.json nor a GGUF file")));

  WriteText("GGUF", folder_ / "a.gguf");
  WriteText("GGUF", folder_ / "b.gguf");
  EXPECT_THAT(LocatePath(folder_.path()),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("'" + (folder_ / "a.gguf") + "'")));
}

TEST_F(ModelFolderTest, SaysWhatThereIsInsteadOfTheFileThatIsPicked) {
  WriteText("{}", folder_ / "config.json");

  EXPECT_THAT(LocateInFolder(folder_.path(), "Q4_K_M", "org/name:"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("no GGUF file, so none is 'Q4_K_M'; "
                                 "'org/name' is what its config.json")));
}

TEST_F(ModelFolderTest, ListsGgufFilesOfPublishers) {
  WriteText("GGUF", folder_ / "publisher/model/m-Q4_0-00001-of-00002.gguf");
  WriteText("GGUF", folder_ / "publisher/model/m-Q4_0-00002-of-00002.gguf");
  WriteText("GGUF", folder_ / "publisher/model/mmproj-m.gguf");

  const std::vector<ListedModel> models =
      ListGgufFiles(folder_.path(), ModelSource::kLmStudio);

  ASSERT_EQ(models.size(), 1);
  EXPECT_EQ(models[0].model_id,
            folder_ / "publisher/model/m-Q4_0-00001-of-00002.gguf");
  EXPECT_EQ(models[0].path, models[0].model_id);
  EXPECT_EQ(models[0].source, ModelSource::kLmStudio);
  EXPECT_EQ(models[0].size_on_disk, Bytes(8));
}

TEST_F(ModelFolderTest, IsWalkedOnceWhateverItsLinks) {
  WriteText("GGUF", folder_ / "a/m.gguf");
  std::filesystem::create_directory_symlink(folder_.path(), folder_ / "a/back");
  std::filesystem::create_directory_symlink("self", folder_ / "self");

  EXPECT_THAT(ListGgufFiles(folder_.path(), ModelSource::kLlamaCpp),
              ElementsAre(Field(&ListedModel::model_id, folder_ / "a/m.gguf")));
}

TEST_F(ModelFolderTest, DoesNotTakeAFolderForAFile) {
  WriteText("x", folder_ / "m.gguf/inside.txt");

  EXPECT_THAT(ListGgufFiles(folder_.path(), ModelSource::kLlamaCpp), IsEmpty());
  EXPECT_THAT(LocatePath(folder_ / "m.gguf"),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ModelFolderTest, IsListedWithTheProblemOfItsFiles) {
  WriteText("{}", folder_ / "config.json");
  std::filesystem::create_symlink("gone", folder_ / "model.safetensors");

  const std::vector<ListedModel> models =
      ListFolder(folder_.path(), "org/name", ModelSource::kHuggingFace);

  ASSERT_EQ(models.size(), 1);
  EXPECT_THAT(models[0].problem, HasSubstr("model.safetensors: a link to"));
}

}  // namespace
}  // namespace hwledger
