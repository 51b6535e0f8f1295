#include "clients/cli/model_argument.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace hwledger {
namespace {

std::string Here(const std::string& path) {
  return (std::filesystem::current_path() / path).string();
}

TEST(ModelIdTest, MakesPathsAbsolute) {
  EXPECT_EQ(ModelId("model.gguf"), Here("model.gguf"));
  EXPECT_EQ(ModelId("./folder/model.GGUF"), Here("folder/model.GGUF"));
  EXPECT_EQ(ModelId("/models/./a.gguf"), "/models/a.gguf");
}

TEST(ModelIdTest, LeavesNamesAlone) {
  EXPECT_EQ(ModelId("demo"), "demo");
  EXPECT_EQ(ModelId("no-such-org/no-such-model"), "no-such-org/no-such-model");
  EXPECT_EQ(ModelId("ollama:llama3:8b"), "ollama:llama3:8b");
  EXPECT_EQ(ModelId(""), "");
}

TEST(ModelLabelTest, IsTheNameOfAFile) {
  EXPECT_EQ(ModelLabel("/models/a.gguf"), "a.gguf");
  EXPECT_EQ(ModelLabel("org/name"), "org/name");
}

}  // namespace
}  // namespace hwledger
