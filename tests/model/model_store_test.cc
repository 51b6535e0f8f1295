#include "core/model/model_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "absl/algorithm/container.h"
#include "core/field_error.h"
#include "tests/gguf_file.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr absl::StatusCode kNone = absl::StatusCode::kNotFound;

// Folders of every kind, all of them empty at first.
class ModelStoreTest : public testing::Test {
 protected:
  std::string Snapshot(std::string_view folder) const {
    return folder_ / ("hub/models--" + std::string(folder) + "/snapshots/1");
  }
  void WriteHfModel(const std::string& path) const {
    WriteText(TinyConfig(), path + "/config.json");
    WriteText(SafetensorsBytes({{"all", "BF16", {664}, 1328}}),
              path + "/model.safetensors");
  }
  static void WriteModel(const std::string& path) {
    std::filesystem::create_directories(
        std::filesystem::path(path).parent_path());
    WriteGguf(TinyLlama(), path);
  }
  void WriteOllamaModel(const std::string& name) const {
    const std::string hash(64, 'a');
    WriteText(R"({"layers":[{"mediaType":"application/vnd.ollama.image.model",)"
              R"("digest":"sha256:)" +
                  hash + "\"}]}",
              folder_ / ("ollama/manifests/" + name));
    WriteModel(folder_ / ("ollama/blobs/sha256-" + hash));
  }

  const TemporaryFolder folder_;
  ModelStore store_{HWLEDGER_DEMO,
                    {.hubs = {folder_ / "hub"},
                     .ollama = {folder_ / "ollama"},
                     .lm_studio = {folder_ / "lm_studio"},
                     .llama_cpp = {folder_ / "llama_cpp"}}};
};

TEST_F(ModelStoreTest, ReadsAFolderInTheLayoutOfHuggingFace) {
  WriteHfModel(folder_ / "tiny");

  const auto model = store_.Find(folder_ / "tiny", "");

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ((*model)->source, ModelSource::kFolder);
  EXPECT_EQ((*model)->path, folder_ / "tiny");
  EXPECT_THAT((*model)->file, IsEmpty());
  EXPECT_EQ((*model)->shape->architecture, "llama");
  EXPECT_EQ((*model)->shape->name, "tiny");
  EXPECT_EQ((*model)->shape->parameter_count, 664);
  EXPECT_EQ((*model)->stored->size, Bytes(1328));
  EXPECT_THAT((*model)->warnings, IsEmpty());
}

TEST_F(ModelStoreTest, WarnsWhereFilesAndConfigDisagree) {
  WriteHfModel(folder_ / "tiny");
  WriteText(SafetensorsBytes({{"all", "BF16", {664}, 1328},
                              {"visual.patch", "BF16", {100}, 200}}),
            folder_ / "tiny/model.safetensors");

  const auto model = store_.Find(folder_ / "tiny", "");

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ((*model)->shape->parameter_count, 664);
  EXPECT_EQ((*model)->stored->element_count, 764);
  EXPECT_THAT((*model)->warnings, ElementsAre(HasSubstr("100 more")));
}

TEST_F(ModelStoreTest, QuantizesWhatItReads) {
  WriteHfModel(folder_ / "tiny");

  const auto model = store_.Find(folder_ / "tiny", "F32");

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ((*model)->shape->quantization, "F32");
  EXPECT_EQ((*model)->shape->embedding_weights, Bytes(8 * 4 * 4));
}

TEST_F(ModelStoreTest, FindsRepositoriesInTheCacheOfHuggingFace) {
  WriteHfModel(Snapshot("org--tiny"));
  WriteModel(Snapshot("org--tiny-GGUF") + "/tiny-F16.gguf");
  WriteModel(Snapshot("org--tiny-GGUF") + "/tiny-Q4_0.gguf");

  const auto folder = store_.Find("org/tiny", "");
  const auto file = store_.Find("org/tiny-GGUF:f16", "");

  ASSERT_THAT(folder, IsOk());
  EXPECT_EQ((*folder)->source, ModelSource::kHuggingFace);
  EXPECT_EQ((*folder)->shape->name, "tiny");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ((*file)->file, Snapshot("org--tiny-GGUF") + "/tiny-F16.gguf");
  EXPECT_THAT(store_.Find("org/tiny-GGUF", ""),
              StatusIs(kNone, AllOf(HasSubstr("'org/tiny-GGUF:F16'"),
                                    HasSubstr("'org/tiny-GGUF:Q4_0'"))));
}

TEST_F(ModelStoreTest, FallsBackToTheCatalogueWhereNothingIsCached) {
  const std::string repository = "meta-llama/Llama-3.1-8B";

  const auto known = store_.Find(repository, "");
  ASSERT_THAT(known, IsOk());
  EXPECT_EQ((*known)->source, ModelSource::kCatalogue);

  WriteText("{}", Snapshot("meta-llama--Llama-3.1-8B") + "/tokenizer.json");
  EXPECT_EQ((*store_.Find(repository, ""))->source, ModelSource::kCatalogue);

  WriteHfModel(Snapshot("meta-llama--Llama-3.1-8B"));
  const auto cached = store_.Find(repository, "");
  ASSERT_THAT(cached, IsOk());
  EXPECT_EQ((*cached)->source, ModelSource::kHuggingFace);
}

TEST_F(ModelStoreTest, FindsModelsOfOllama) {
  WriteOllamaModel("registry.ollama.ai/library/tiny/latest");

  const auto model = store_.Find("ollama:tiny", "");

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ((*model)->source, ModelSource::kOllama);
  EXPECT_THAT((*model)->file, HasSubstr("/blobs/sha256-aaaa"));
  EXPECT_EQ((*model)->file, (*model)->path);
}

TEST_F(ModelStoreTest, RemembersAModelUntilItsFilesChange) {
  WriteHfModel(folder_ / "tiny");
  const auto first = store_.Find(folder_ / "tiny", "");
  EXPECT_THAT(store_.Find(folder_ / "tiny", ""), IsOkAndHolds(*first));
  EXPECT_EQ(store_.Recall(folder_ / "tiny", ""), *first);

  WriteText(SafetensorsBytes({{"all", "F32", {664}, 2656}}),
            folder_ / "tiny/model.safetensors");

  EXPECT_EQ(store_.Recall(folder_ / "tiny", ""), nullptr);
  EXPECT_EQ((*store_.Find(folder_ / "tiny", ""))->stored->size, Bytes(2656));
}

TEST_F(ModelStoreTest, SeesWhenANameMeansAnotherModel) {
  WriteHfModel(Snapshot("org--tiny"));
  WriteText("1", folder_ / "hub/models--org--tiny/refs/main");
  EXPECT_EQ((*store_.Find("org/tiny", ""))->path, Snapshot("org--tiny"));

  WriteHfModel(folder_ / "hub/models--org--tiny/snapshots/22");
  WriteText("22", folder_ / "hub/models--org--tiny/refs/main");

  EXPECT_EQ((*store_.Find("org/tiny", ""))->path,
            folder_ / "hub/models--org--tiny/snapshots/22");
}

TEST_F(ModelStoreTest, NamesTheClosestOfEverythingThatIsThere) {
  WriteHfModel(Snapshot("someone--peculiar"));
  WriteOllamaModel("registry.ollama.ai/library/unusual/latest");

  EXPECT_THAT(store_.Find("someone/peculier", ""),
              StatusIs(kNone, HasSubstr("'someone/peculiar'")));
  EXPECT_THAT(store_.Find("ollama:unusuel", ""),
              StatusIs(kNone, HasSubstr("'ollama:unusual'")));
  EXPECT_THAT(store_.Find("llama3.1-8b", ""),
              StatusIs(kNone, HasSubstr("'llama-3.1-8b'")));
}

TEST_F(ModelStoreTest, SaysWhereNamesAreListedIfNoneIsClose) {
  EXPECT_THAT(store_.Find("no such model", ""),
              StatusIs(kNone, AllOf(HasSubstr("list of models"),
                                    HasSubstr("such as 'demo' and "
                                              "'llama-3.1-8b'"))));
  EXPECT_THAT(store_.Find("demo", ""), IsOk());
  EXPECT_THAT(store_.Find("llama-3.1-8b", ""), IsOk());
}

TEST_F(ModelStoreTest, SaysHowTheTypeOfACataloguesModelIsAskedFor) {
  EXPECT_THAT(store_.Find("llama-3.1-8b:Q4_K_M", ""),
              StatusIs(kNone, HasSubstr("the type of 'llama-3.1-8b' is asked "
                                        "for by quantization")));
}

TEST_F(ModelStoreTest, RefusesARelativePath) {
  EXPECT_THAT(store_.Find("folder/model.gguf", ""),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("must be an absolute path")));
}

TEST_F(ModelStoreTest, ListsEveryModelOnceByName) {
  WriteHfModel(Snapshot("org--tiny"));
  WriteOllamaModel("registry.ollama.ai/library/tiny/latest");
  WriteModel(folder_ / "lm_studio/org/tiny/tiny.gguf");
  WriteModel(folder_ / "llama_cpp/org_tiny_tiny.gguf");

  const std::vector<ListedModel> models = store_.List();

  const auto source_of = [&models](const std::string& model_id) {
    const auto found = absl::c_find_if(models, [&](const ListedModel& model) {
      return model.model_id == model_id;
    });
    return found == models.end() ? ModelSource::kGguf : found->source;
  };
  EXPECT_EQ(source_of("demo"), ModelSource::kDemo);
  EXPECT_EQ(source_of("llama-3.1-8b"), ModelSource::kCatalogue);
  EXPECT_EQ(source_of("org/tiny"), ModelSource::kHuggingFace);
  EXPECT_EQ(source_of("ollama:tiny:latest"), ModelSource::kOllama);
  EXPECT_EQ(source_of(folder_ / "lm_studio/org/tiny/tiny.gguf"),
            ModelSource::kLmStudio);
  EXPECT_EQ(source_of(folder_ / "llama_cpp/org_tiny_tiny.gguf"),
            ModelSource::kLlamaCpp);
  EXPECT_TRUE(std::ranges::is_sorted(models, {}, &ListedModel::model_id));
  for (const ListedModel& model : models) {
    EXPECT_THAT(store_.Find(model.model_id, ""), IsOk()) << model.model_id;
  }
}

TEST_F(ModelStoreTest, ListsByNamesAndSizesOnly) {
  WriteText("not GGUF at all", folder_ / "llama_cpp/broken.gguf");

  const std::vector<ListedModel> models = store_.List();

  EXPECT_EQ(models[0].model_id, folder_ / "llama_cpp/broken.gguf");
  EXPECT_EQ(models[0].size_on_disk, Bytes(15));
  EXPECT_THAT(store_.Find(models[0].model_id, ""),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(ModelStoreTest, NamesTheModelThatWasAskedFor) {
  const std::string path = folder_ / "gone.gguf";
  WriteOllamaModel("registry.ollama.ai/library/tiny/latest");
  std::filesystem::remove_all(folder_ / "ollama/blobs");

  EXPECT_THAT(
      store_.Find(path, ""),
      StatusIs(kNone, "no model '" + path + "': there is no such file"));
  EXPECT_THAT(store_.Find("ollama:tiny", ""),
              StatusIs(kNone, HasSubstr("model 'ollama:tiny': it does not "
                                        "exist, file '")));
}

TEST_F(ModelStoreTest, NamesTheConfigThatIsNone) {
  WriteText("nonsense", folder_ / "model/config.json");

  EXPECT_THAT(store_.Find(folder_ / "model", ""),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("file '" + (folder_ / "model/config.json"))));
}

TEST_F(ModelStoreTest, SaysWhatIsWrongWithAConfig) {
  for (const std::string& bad :
       {std::string(), std::string("{"), std::string("{}x"),
        std::string(R"({"model_type": "llama"})"), std::string(200'000, '['),
        R"({"model_type": "llama", "hidden_size": )" +
            std::string(200'000, '[') + std::string(200'000, ']') + "}",
        std::string(5 << 20, ' ')}) {
    const auto model = ModelStore::FromConfig(bad, "");

    EXPECT_THAT(model, StatusIs(absl::StatusCode::kInvalidArgument,
                                HasSubstr("config_json")))
        << bad.substr(0, 50);
    EXPECT_EQ(FieldOf(model.status()), "config_json");
  }
}

}  // namespace
}  // namespace hwledger
