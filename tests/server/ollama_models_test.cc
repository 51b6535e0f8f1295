#include "server/ollama_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

v1::Model Model(const std::string& model_id, v1::ModelSource source) {
  v1::Model model;
  model.set_model_id(model_id);
  model.set_source(source);
  model.set_architecture("llama");
  model.set_parameter_count(8'030'261'248);
  model.set_max_sequence_length(8192);
  model.set_quantization("Q4_K_M");
  model.set_size_on_disk_bytes(5000);
  return model;
}

v1::LoadedModel Loaded() {
  v1::LoadedModel loaded;
  loaded.set_model_id("ollama:llama3.2:3b");
  loaded.set_sequence_length(4096);
  loaded.mutable_memory()->set_measured_bytes(700);
  loaded.mutable_idle_ttl()->set_seconds(300);
  return loaded;
}

TEST(OllamaModelIdsTest, KnowsOllamasNamesFirst) {
  EXPECT_THAT(OllamaModelIds("llama3.2"),
              ElementsAre("ollama:llama3.2:latest", "llama3.2"));
  EXPECT_THAT(OllamaModelIds("llama3.2:latest"),
              ElementsAre("ollama:llama3.2:latest", "llama3.2"));
  EXPECT_THAT(OllamaModelIds("llama3.2:3b"),
              ElementsAre("ollama:llama3.2:3b", "llama3.2:3b"));
  EXPECT_THAT(OllamaModelIds("ollama:llama3.2"),
              ElementsAre("ollama:llama3.2:latest"));
}

TEST(OllamaModelIdsTest, TakesRepositoriesBeforeNamespaces) {
  EXPECT_THAT(OllamaModelIds("org/name"),
              ElementsAre("org/name", "ollama:org/name:latest"));
  EXPECT_THAT(OllamaModelIds("org/name:Q8_0"),
              ElementsAre("org/name:Q8_0", "ollama:org/name:Q8_0"));
  EXPECT_THAT(OllamaModelIds("localhost:5000/org/name"),
              ElementsAre("localhost:5000/org/name",
                          "ollama:localhost:5000/org/name:latest"));
}

TEST(OllamaModelIdsTest, LeavesOutATagThatOthersDoNotHave) {
  EXPECT_THAT(OllamaModelIds("demo:latest"), ElementsAre("demo"));
  EXPECT_THAT(OllamaModelIds("demo"), ElementsAre("demo"));
  EXPECT_THAT(OllamaModelIds("/models/a.gguf:latest"),
              ElementsAre("/models/a.gguf"));
}

TEST(ToOllamaTagsTest, ListsWhatCanBeRunByItsOwnName) {
  v1::ListModelsResponse response;
  *response.add_models() = Model("ollama:llama3.2:3b", v1::MODEL_SOURCE_OLLAMA);
  *response.add_models() = Model("llama-3.1-8b", v1::MODEL_SOURCE_CATALOGUE);
  v1::Model& unread = *response.add_models();
  unread.set_model_id("/models/a.gguf");
  unread.set_source(v1::MODEL_SOURCE_GGUF);

  const json models = ToOllamaTags(response)["models"];

  ASSERT_EQ(models.size(), 2);
  EXPECT_EQ(models[0]["name"], "llama3.2:3b");
  EXPECT_EQ(models[0]["model"], "llama3.2:3b");
  EXPECT_EQ(models[0]["size"], 5000);
  EXPECT_EQ(models[0]["details"], json::parse(R"({
    "parent_model": "", "format": "gguf", "family": "llama",
    "families": ["llama"], "parameter_size": "8.0B",
    "quantization_level": "Q4_K_M"})"));
  EXPECT_EQ(models[0]["digest"].get<std::string>().size(), 64);
  EXPECT_NE(models[0]["digest"], models[1]["digest"]);
  EXPECT_EQ(models[1]["details"]["parameter_size"], "");
  EXPECT_EQ(models[1]["details"]["families"], json::array());
}

TEST(ToOllamaShowTest, TellsWhatTheFileSays) {
  const json shown =
      ToOllamaShow(Model("ollama:llama3.2:3b", v1::MODEL_SOURCE_OLLAMA));

  EXPECT_EQ(shown["model_info"], json::parse(R"({
    "general.architecture": "llama", "general.parameter_count": 8030261248,
    "llama.context_length": 8192})"));
  EXPECT_EQ(shown["details"]["quantization_level"], "Q4_K_M");
  EXPECT_EQ(shown["capabilities"], json({"completion"}));
  EXPECT_EQ(ToOllamaShow({})["model_info"], json::object());
}

TEST(ToOllamaShowTest, KnowsModelsThatOnlyEmbed) {
  v1::Model model = Model("org/name", v1::MODEL_SOURCE_HUGGING_FACE);
  for (const char* architecture :
       {"bert", "nomic-bert-moe", "gemma-embedding", "t5encoder"}) {
    model.set_architecture(architecture);
    EXPECT_EQ(ToOllamaShow(model)["capabilities"], json({"embedding"}))
        << architecture;
  }
}

TEST(ToOllamaProcessTest, TellsWhereAModelLiesAndHowLong) {
  v1::LedgerEntry load;
  for (const auto& [device, bytes] :
       {std::pair{"CPU", 100}, {"CUDA0", 200}, {"CUDA1", 400}}) {
    v1::LedgerDevice& added = *load.add_devices();
    added.set_name(device);
    added.add_terms()->set_measured_bytes(bytes);
  }
  v1::LoadedModel loaded = Loaded();
  loaded.mutable_idle_time_left()->set_seconds(60);

  const json process = ToOllamaProcess(
      {.loaded = loaded,
       .model = Model(loaded.model_id(), v1::MODEL_SOURCE_OLLAMA),
       .load = load},
      absl::UnixEpoch());

  EXPECT_EQ(process["name"], "llama3.2:3b");
  EXPECT_EQ(process["size"], 700);
  EXPECT_EQ(process["size_vram"], 600);
  EXPECT_EQ(process["context_length"], 4096);
  EXPECT_EQ(process["details"]["family"], "llama");
  EXPECT_EQ(process["expires_at"], "1970-01-01T00:01:00.000000000Z");
}

TEST(ToOllamaProcessTest, HasADateForWhatStays) {
  const auto expiry = [](const v1::LoadedModel& loaded) {
    return ToOllamaProcess({.loaded = loaded}, absl::UnixEpoch())["expires_at"]
        .get<std::string>();
  };
  v1::LoadedModel pinned = Loaded();
  pinned.set_pinned(true);
  v1::LoadedModel lasting = Loaded();
  lasting.clear_idle_ttl();

  // It has something to do, and its time has not begun.
  EXPECT_EQ(expiry(Loaded()), "1970-01-01T00:05:00.000000000Z");
  EXPECT_EQ(expiry(pinned).substr(0, 4), "2262");
  EXPECT_EQ(expiry(lasting).substr(0, 4), "2262");
  EXPECT_FALSE(ToOllamaProcess({.loaded = Loaded()}, absl::UnixEpoch())
                   .contains("size_vram"));
}

}  // namespace
}  // namespace hwledger
