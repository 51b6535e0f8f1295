#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

class CompletionTest : public CommandTest {
 protected:
  // What bash offers for the last of `words`, one per line.
  std::string BashOffers(const std::string& words) const {
    ChildOptions options = Options();
    const std::filesystem::path program = HWLEDGER_PROGRAM;
    options.environment.push_back("PATH=" + program.parent_path().string() +
                                  ":/usr/bin:/bin");
    const std::string script =
        "eval \"$(hwledger completion bash)\"\nCOMP_WORDS=(" + words +
        ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        "_hwledger && printf '%s\\n' \"${COMPREPLY[@]}\"";
    return Child({"bash", "-c", script}, options).Wait().output;
  }
};

TEST_F(CompletionTest, KnowsTheOptionsOfEveryCommand) {
  for (const char* shell : {"bash", "fish", "zsh"}) {
    const Outcome outcome = Run({"completion", shell});

    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_THAT(outcome.output, HasSubstr("sequence-length")) << shell;
    EXPECT_THAT(outcome.output, HasSubstr("auto on off")) << shell;
  }
}

TEST_F(CompletionTest, OffersCommandsOptionsAndTheirValues) {
  EXPECT_EQ(BashOffers("hwledger de"), "devices\n");
  EXPECT_EQ(BashOffers("hwledger plan demo --seq"), "--sequence-length\n");
  EXPECT_EQ(BashOffers("hwledger plan --flash-attention o"), "on\noff\n");
  EXPECT_EQ(BashOffers("hwledger completion z"), "zsh\n");
}

TEST_F(CompletionTest, OffersTheModelsThatTheDaemonKnows) {
  daemon.list_models = [](const auto&, v1::ListModelsResponse* response) {
    response->add_models()->set_model_id("demo");
    response->add_models()->set_model_id("llama-3.1-8b");
    return grpc::Status::OK;
  };

  EXPECT_EQ(BashOffers("hwledger plan ''"), "demo\nllama-3.1-8b\n");
}

TEST_F(CompletionTest, OffersThePresetsOfDevicesWhereOneIsPlannedFor) {
  daemon.list_device_presets = [](const auto&, auto* response) {
    response->add_presets()->set_name("rtx-3090");
    response->add_presets()->set_name("rtx-4090");
    return grpc::Status::OK;
  };

  EXPECT_EQ(BashOffers("hwledger plan demo --device rtx-4"), "rtx-4090\n");
  EXPECT_EQ(BashOffers("hwledger fit demo --device ''"),
            "rtx-3090\nrtx-4090\n");
  for (const char* shell : {"fish", "zsh"}) {
    EXPECT_THAT(Run({"completion", shell}).output,
                HasSubstr("hwledger devices --presets"))
        << shell;
  }
}

}  // namespace
}  // namespace hwledger
