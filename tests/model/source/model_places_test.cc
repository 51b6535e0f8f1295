#include "core/model/source/model_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace hwledger {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

ModelPlaces With(const std::map<std::string, std::string>& variables) {
  return ModelPlacesOf([&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  });
}

TEST(ModelPlacesTest, AreBelowTheHomeOfTheUser) {
  const ModelPlaces places = With({{"HOME", "/home/a"}});

  EXPECT_THAT(places.hubs, ElementsAre("/home/a/.cache/huggingface/hub"));
  EXPECT_THAT(places.ollama, ElementsAre("/home/a/.ollama/models",
                                         "/usr/share/ollama/.ollama/models"));
  EXPECT_THAT(places.lm_studio, ElementsAre("/home/a/.lmstudio/models",
                                            "/home/a/.cache/lm-studio/models"));
  EXPECT_THAT(places.llama_cpp,
              ElementsAre("/home/a/.cache/llama.cpp",
                          "/home/a/Library/Caches/llama.cpp"));
}

TEST(ModelPlacesTest, FollowTheVariablesOfTheirPrograms) {
  const std::map<std::string, std::string> variables = {
      {"HOME", "/home/a"},
      {"XDG_CACHE_HOME", "/caches"},
      {"OLLAMA_MODELS", "/big/ollama/"},
      {"LLAMA_CACHE", "/big/llama"}};
  const ModelPlaces places = With(variables);

  EXPECT_THAT(places.hubs,
              ElementsAre("/caches/huggingface/hub", "/big/llama"));
  EXPECT_THAT(places.ollama, Contains("/big/ollama"));
  EXPECT_THAT(places.llama_cpp, Contains("/big/llama"));
}

TEST(ModelPlacesTest, TakeTheMostParticularVariableOfTheHub) {
  std::map<std::string, std::string> variables = {
      {"HOME", "/home/a"}, {"XDG_CACHE_HOME", "/caches"}, {"HF_HOME", "~/hf"}};
  EXPECT_THAT(With(variables).hubs, ElementsAre("/home/a/hf/hub"));

  variables["HUGGINGFACE_HUB_CACHE"] = "/older";
  EXPECT_THAT(With(variables).hubs, ElementsAre("/older"));

  variables["HF_HUB_CACHE"] = "/hub";
  EXPECT_THAT(With(variables).hubs, ElementsAre("/hub"));
}

TEST(ModelPlacesTest, AreFewWithoutAHome) {
  EXPECT_THAT(With({}).hubs, IsEmpty());
  EXPECT_THAT(With({}).lm_studio, IsEmpty());
  EXPECT_THAT(With({}).llama_cpp, IsEmpty());
}

}  // namespace
}  // namespace hwledger
