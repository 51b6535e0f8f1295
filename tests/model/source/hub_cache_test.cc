#include "core/model/source/hub_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/gguf_file.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::UnorderedElementsAre;

constexpr std::string_view kCommit = "0123456789abcdef0123456789abcdef01234567";

auto LiesAt(const std::string& path) {
  return IsOkAndHolds(Optional(Field(&ModelLocation::path, path)));
}
auto Listed(const std::string& model_id) {
  return Field(&ListedModel::model_id, model_id);
}

class HubCacheTest : public testing::Test {
 protected:
  std::string Repository(std::string_view folder) const {
    return hub_ / ("models--" + std::string(folder));
  }
  std::string Snapshot(std::string_view folder) const {
    return Repository(folder) + "/snapshots/" + std::string(kCommit);
  }
  // A file as the cache keeps it: the bytes in a blob, a link in the snapshot.
  void Cache(std::string_view folder, const std::string& name,
             std::string_view bytes) const {
    WriteText(kCommit, Repository(folder) + "/refs/main");
    const std::string blob =
        Repository(folder) + "/blobs/" + std::to_string(blobs_++);
    WriteText(bytes, blob);
    const std::filesystem::path link = Snapshot(folder) + "/" + name;
    std::filesystem::create_directories(link.parent_path());
    std::filesystem::create_symlink(
        std::filesystem::relative(blob, link.parent_path()), link);
  }
  absl::StatusOr<std::optional<ModelLocation>> Locate(
      std::string_view model_id) const {
    const auto name = ParseHubName(model_id);
    EXPECT_TRUE(name) << model_id;
    return LocateInHub({hub_.path()}, *name);
  }

  const TemporaryFolder hub_;
  mutable int blobs_ = 0;
};

TEST_F(HubCacheTest, HoldsConfigAndSafetensors) {
  Cache("org--name", "config.json", "{}");
  Cache("org--name", "model.safetensors", "12345678");

  const auto location = Locate("org/name");

  EXPECT_THAT(location, LiesAt(Snapshot("org--name")));
  EXPECT_TRUE((*location)->is_folder);
  EXPECT_EQ((*location)->source, ModelSource::kHuggingFace);
}

TEST_F(HubCacheTest, HoldsGgufFiles) {
  Cache("org--name-GGUF", "name-Q4_K_M.gguf", "GGUF");
  Cache("org--name-GGUF", "BF16/name-BF16-00001-of-00002.gguf", "GGUF");
  Cache("org--name-GGUF", "BF16/name-BF16-00002-of-00002.gguf", "GGUF");
  Cache("org--name-GGUF", "mmproj-F16.gguf", "GGUF");

  EXPECT_THAT(Locate("org/name-GGUF:q4_k_m"),
              LiesAt(Snapshot("org--name-GGUF") + "/name-Q4_K_M.gguf"));
  EXPECT_THAT(Locate("org/name-GGUF:BF16"),
              LiesAt(Snapshot("org--name-GGUF") +
                     "/BF16/name-BF16-00001-of-00002.gguf"));
  EXPECT_THAT(Locate("org/name-GGUF"),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("'org/name-GGUF:Q4_K_M'")));
}

TEST_F(HubCacheTest, HasRepositoriesWithoutAnOrganization) {
  Cache("gpt2", "config.json", "{}");

  EXPECT_THAT(Locate("gpt2"), LiesAt(Snapshot("gpt2")));
  EXPECT_THAT(Locate("org/gpt2"), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(HubCacheTest, NeedsNoRefWhereThereIsOneSnapshot) {
  Cache("org--name", "config.json", "{}");
  std::filesystem::remove_all(Repository("org--name") + "/refs");
  EXPECT_THAT(Locate("org/name"), LiesAt(Snapshot("org--name")));

  WriteText("{}", Repository("org--name") + "/snapshots/abc/config.json");
  EXPECT_THAT(Locate("org/name"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("2 snapshots")));
}

TEST_F(HubCacheTest, RefusesARefThatLeadsElsewhere) {
  Cache("org--name", "config.json", "{}");
  for (const std::string_view ref : {"../..", "/etc", "", "main\nmain"}) {
    WriteText(ref, Repository("org--name") + "/refs/main");

    EXPECT_THAT(Locate("org/name"), StatusIs(absl::StatusCode::kDataLoss))
        << ref;
  }
}

TEST_F(HubCacheTest, KnowsWhatIsNoName) {
  for (const std::string_view bad :
       {"", "/", "a/", "/a", "a/b/c", "a/../b", "..", "a--b", "a/b:", ":x",
        "-a/b", "a b", "a\\b", ".a"}) {
    EXPECT_EQ(ParseHubName(bad), std::nullopt) << bad;
  }
  EXPECT_TRUE(ParseHubName("01-ai/Yi-1.5-9B_x.y:Q4_0"));
}

TEST_F(HubCacheTest, ListsEveryModel) {
  Cache("org--name", "config.json", "{}");
  Cache("org--name", "model-00001-of-00002.safetensors", "12345678");
  Cache("org--name", "model-00002-of-00002.safetensors", "123456");
  Cache("org--one", "one.gguf", "GGUF");
  Cache("org--two", "two-Q4_0.gguf", "GGUF");
  Cache("org--two", "two-Q8_0.gguf", "GGUF-GGUF");
  Cache("org--tokenizer", "tokenizer.json", "{}");
  WriteText("x", hub_ / "datasets--org--data/refs/main");
  WriteText("x", hub_ / "version.txt");

  const std::vector<ListedModel> models = ListHub(hub_.path());

  ASSERT_THAT(models, UnorderedElementsAre(
                          Listed("org/name"), Listed("org/one"),
                          Listed("org/two:Q4_0"), Listed("org/two:Q8_0")));
  for (const ListedModel& model : models) {
    EXPECT_THAT(model.problem, IsEmpty()) << model.model_id;
    if (model.model_id == "org/name") {
      EXPECT_EQ(model.size_on_disk, Bytes(2 + 8 + 6));
    }
    if (model.model_id == "org/two:Q8_0") {
      EXPECT_EQ(model.size_on_disk, Bytes(9));
    }
    EXPECT_THAT(Locate(model.model_id), LiesAt(model.path));
  }
}

TEST_F(HubCacheTest, ListsWhatCannotBeReadWithItsProblem) {
  Cache("org--gone", "gone.gguf", "GGUF");
  std::filesystem::remove_all(Repository("org--gone") + "/blobs");
  Cache("org--ref", "config.json", "{}");
  WriteText("no commit", Repository("org--ref") + "/refs/main");
  std::filesystem::create_directories(Snapshot("org--circle"));
  std::filesystem::create_symlink(Snapshot("org--circle") + "/m.gguf",
                                  Snapshot("org--circle") + "/m.gguf");

  const std::vector<ListedModel> models = ListHub(hub_.path());

  EXPECT_THAT(models,
              UnorderedElementsAre(Listed("org/gone"), Listed("org/ref"),
                                   Listed("org/circle")));
  for (const ListedModel& model : models) {
    EXPECT_THAT(model.problem, Not(IsEmpty())) << model.model_id;
  }
}

TEST_F(HubCacheTest, IsEmptyWhereItIsNot) {
  EXPECT_THAT(ListHub(hub_ / "none"), IsEmpty());
  EXPECT_THAT(LocateInHub({hub_ / "none"}, {.repository = "org/name"}),
              IsOkAndHolds(Eq(std::nullopt)));
}

}  // namespace
}  // namespace hwledger
