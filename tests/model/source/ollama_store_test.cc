#include "core/model/source/ollama_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
using testing::Optional;

const std::string kModel(64, 'a');
const std::string kProjector(64, 'b');
const std::string kAdapter(64, 'c');

std::string Layer(std::string_view type, std::string_view digest) {
  return absl::StrCat("{\"mediaType\":\"application/vnd.ollama.image.", type,
                      "\",\"digest\":\"", digest, "\",\"size\":4}");
}

std::string Manifest(const std::vector<std::string>& layers) {
  return absl::StrCat(
      R"({"schemaVersion":2,"mediaType":)"
      R"("application/vnd.docker.distribution.manifest.v2+json",)"
      R"("config":{"digest":"sha256:0","size":1},"layers":[)",
      absl::StrJoin(layers, ","), "]}");
}

std::string ModelManifest() {
  return Manifest({Layer("license", "sha256:" + kAdapter),
                   Layer("model", "sha256:" + kModel)});
}

class OllamaStoreTest : public testing::Test {
 protected:
  void Store(std::string_view name, std::string_view manifest) const {
    WriteText(manifest, absl::StrCat(place_.path(), "/manifests/", name));
  }
  std::string Blob(std::string_view hash) const {
    return absl::StrCat(place_.path(), "/blobs/sha256-", hash);
  }
  absl::StatusOr<std::optional<ModelLocation>> Locate(
      std::string_view name) const {
    const auto parsed = ParseOllamaName(name);
    EXPECT_THAT(parsed, IsOk());
    return LocateInOllama({place_.path()}, *parsed);
  }
  auto LiesAt(std::string_view hash) const {
    return IsOkAndHolds(Optional(Field(&ModelLocation::path, Blob(hash))));
  }

  const TemporaryFolder place_;
};

TEST_F(OllamaStoreTest, FindsModelsByTheNamesThatOllamaGivesThem) {
  Store("registry.ollama.ai/library/llama3/latest", ModelManifest());
  Store("registry.ollama.ai/library/llama3/8b", ModelManifest());
  Store("registry.ollama.ai/someone/tuned/v1", ModelManifest());
  Store("hf.co/org/name-GGUF/Q4_K_M", ModelManifest());

  for (const std::string_view name :
       {"llama3", "llama3:latest", "llama3:8b", "library/llama3",
        "registry.ollama.ai/library/llama3", "ollama.com/library/llama3:8b",
        "someone/tuned:v1", "hf.co/org/name-GGUF:Q4_K_M"}) {
    EXPECT_THAT(Locate(name), LiesAt(kModel)) << name;
  }
  EXPECT_THAT(Locate("llama3:70b"), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(OllamaStoreTest, PrefersTheNewerFolder) {
  Store("registry.ollama.ai/library/llama3/latest", ModelManifest());
  WriteText(Manifest({Layer("model", "sha256:" + kAdapter)}),
            place_ / "manifests-v2/ollama.com/library/llama3/latest");

  EXPECT_THAT(Locate("llama3"), LiesAt(kAdapter));
  EXPECT_THAT(ListOllama(place_.path()),
              ElementsAre(Field(&ListedModel::path, Blob(kAdapter))));
}

TEST_F(OllamaStoreTest, NamesTheFilesBesideTheModel) {
  Store("registry.ollama.ai/library/sees/latest",
        Manifest({Layer("model", "sha256:" + kModel),
                  Layer("projector", "sha256:" + kProjector),
                  Layer("adapter", "sha256-" + kAdapter)}));

  const auto location = Locate("sees");

  ASSERT_THAT(location, LiesAt(kModel));
  EXPECT_THAT((*location)->projector_paths, ElementsAre(Blob(kProjector)));
  EXPECT_THAT((*location)->adapter_paths, ElementsAre(Blob(kAdapter)));
}

TEST_F(OllamaStoreTest, TakesOfSeveralManifestsTheOneForGguf) {
  const std::string list = absl::StrCat(
      R"({"mediaType":"application/vnd.ollama.manifest.list.v2+json",)",
      R"("manifests":[{"runner":"mlx","layers":[]},{"runner":"ollama",)",
      R"("digest":"sha256:)", kProjector, "\"}]}");
  Store("registry.ollama.ai/library/both/latest", list);
  WriteText(ModelManifest(), Blob(kProjector));

  EXPECT_THAT(Locate("both"), LiesAt(kModel));
}

TEST_F(OllamaStoreTest, RefusesADigestThatLeadsElsewhere) {
  for (const std::string& digest :
       {std::string("sha256:../../../etc/passwd"),
        "sha256:" + std::string(61, 'a') + "/..", std::string("/etc/passwd"),
        "md5:" + kModel, std::string()}) {
    Store("registry.ollama.ai/library/bad/latest",
          Manifest({Layer("model", digest)}));

    EXPECT_THAT(Locate("bad"), StatusIs(absl::StatusCode::kDataLoss,
                                        HasSubstr("64 hexadecimal digits")));
  }
}

TEST_F(OllamaStoreTest, SaysWhatIsWrongWithAManifest) {
  const std::string path =
      place_ / "manifests/registry.ollama.ai/library/bad/latest";
  for (const std::string& bad :
       {std::string("{"), std::string(), std::string("[]"),
        std::string(100'000, '[')}) {
    WriteText(bad, path);

    EXPECT_THAT(Locate("bad"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
  }
  WriteText(Manifest({Layer("tensor", "sha256:" + kModel)}), path);
  EXPECT_THAT(Locate("bad"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("no GGUF file")));
}

TEST_F(OllamaStoreTest, KnowsWhatIsNoName) {
  for (const std::string_view bad :
       {"", ":", "a:", "a/b/c/d", "../a", "a/..", "a:..", "a b", "a//b",
        "h:1:2/a/b", "a:b:c", "a:b/c"}) {
    EXPECT_THAT(ParseOllamaName(bad),
                StatusIs(absl::StatusCode::kInvalidArgument))
        << bad;
  }
  EXPECT_THAT(ParseOllamaName("localhost:5000/me/model:tag"), IsOk());
}

TEST_F(OllamaStoreTest, ListsEveryModelByTheNameThatFindsIt) {
  Store("registry.ollama.ai/library/llama3/8b", ModelManifest());
  Store("registry.ollama.ai/someone/tuned/v1", ModelManifest());
  Store("hf.co/org/name/Q4_0", ModelManifest());
  Store("registry.ollama.ai/library/.DS_Store", "");
  WriteText("GGUF", Blob(kModel));

  const std::vector<ListedModel> models = ListOllama(place_.path());

  std::vector<std::string> ids;
  for (const ListedModel& model : models) {
    ids.push_back(model.model_id);
    EXPECT_EQ(model.path, Blob(kModel));
    EXPECT_EQ(model.size_on_disk, Bytes(4));
    EXPECT_THAT(model.problem, IsEmpty());
  }
  EXPECT_THAT(ids, ElementsAre("ollama:hf.co/org/name:Q4_0", "ollama:llama3:8b",
                               "ollama:someone/tuned:v1"));
}

TEST_F(OllamaStoreTest, ListsWhatCannotBeReadWithItsProblem) {
  Store("registry.ollama.ai/library/damaged/latest", "{");
  Store("registry.ollama.ai/library/gone/latest", ModelManifest());

  const std::vector<ListedModel> models = ListOllama(place_.path());

  ASSERT_EQ(models.size(), 2);
  EXPECT_THAT(models[0].problem, HasSubstr("not JSON: offset 1"));
  EXPECT_EQ(models[1].problem, "its file is not there");
}

}  // namespace
}  // namespace hwledger
