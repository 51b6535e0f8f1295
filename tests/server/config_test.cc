#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ReadConfigTest : public testing::Test {
 protected:
  void SetUp() override { setenv("XDG_CONFIG_HOME", "/nonexistent", 1); }
  void TearDown() override {
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HWLEDGER_LOG_LEVEL");
  }

  static absl::StatusOr<CommandLine> Read(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "hwledgerd");
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return ReadConfig(static_cast<int>(argv.size()), argv.data());
  }

  static std::string File(const std::string& text) {
    std::string path = TestFile("config.toml");
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(ReadConfigTest, PutsFlagsOverTheEnvironmentOverTheFile) {
  const std::string file =
      File("log_level = \"warn\"\ngrpc_address = \"127.0.0.1:1\"\n");
  setenv("HWLEDGER_LOG_LEVEL", "error", 1);

  const auto from_environment = Read({"--config", file});
  const auto from_flag = Read({"--config", file, "--log-level", "debug"});

  ASSERT_THAT(from_environment, IsOk());
  EXPECT_EQ(from_environment->config.grpc_address, "127.0.0.1:1");
  EXPECT_EQ(from_environment->config.log_level, "error");
  ASSERT_THAT(from_flag, IsOk());
  EXPECT_EQ(from_flag->config.log_level, "debug");
}

TEST_F(ReadConfigTest, TakesAnEmptyValueAfterAnEqualsSign) {
  const auto line = Read({"--grpc-address=", "--log-level", "debug"});

  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->config.grpc_address, "");
  EXPECT_EQ(line->config.log_level, "debug");
}

TEST_F(ReadConfigTest, SaysWhereAFileIsWrong) {
  EXPECT_THAT(Read({"--config", File("log_level = \n")}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(":1:")));
  EXPECT_THAT(
      Read({"--config", File("colour = \"red\"\n")}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("colour")));
  EXPECT_THAT(Read({"--config", File("log_level = 3\n")}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("log_level must be a string")));
  EXPECT_THAT(Read({"--config", "/no/such/file.toml"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/no/such/file.toml")));
}

TEST_F(ReadConfigTest, RefusesAnUnknownLogLevel) {
  EXPECT_THAT(Read({"--log-level", "loud"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("log_level"), HasSubstr("loud"))));
}

TEST_F(ReadConfigTest, ReadsDurations) {
  const auto line =
      Read({"--config", File("hang_timeout = \"1h30m\"\n"), "--idle-ttl", "0"});

  ASSERT_THAT(line, IsOk());
  EXPECT_EQ(line->config.hang_timeout, absl::Minutes(90));
  EXPECT_EQ(line->config.idle_ttl, absl::ZeroDuration());
  for (const char* wrong : {"soon", "10", "-1s"}) {
    EXPECT_THAT(Read({"--idle-ttl", wrong}),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("idle_ttl"), HasSubstr(wrong))));
  }
}

TEST_F(ReadConfigTest, TakesNumbersFromAllPlaces) {
  const std::string file =
      File("ledger_retention_days = 7\nledger_generations_max = 1000\n");
  setenv("HWLEDGER_LEDGER_GENERATIONS_MAX", "2000", 1);

  const auto from_both = Read({"--config", file});
  const auto from_flag = Read({"--ledger-retention-days", "30"});
  unsetenv("HWLEDGER_LEDGER_GENERATIONS_MAX");

  ASSERT_THAT(from_both, IsOk());
  EXPECT_EQ(from_both->config.ledger_retention_days, 7);
  EXPECT_EQ(from_both->config.ledger_generations_max, 2000);
  ASSERT_THAT(from_flag, IsOk());
  EXPECT_EQ(from_flag->config.ledger_retention_days, 30);
}

TEST_F(ReadConfigTest, RefusesNumbersThatAreNone) {
  EXPECT_THAT(
      Read({"--ledger-retention-days", "a week"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("ledger_retention_days"), HasSubstr("a week"))));
  EXPECT_THAT(
      Read({"--ledger-retention-days", "0"}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr("ledger_retention_days"), HasSubstr("got 0"))));
  EXPECT_THAT(Read({"--config", File("ledger_generations_max = \"9\"\n")}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("must be a whole number")));
}

TEST_F(ReadConfigTest, PrintsAFileThatReadsBackTheSame) {
  const auto first =
      Read({"--grpc-address", "127.0.0.1:2", "--idle-ttl", "5m"});
  ASSERT_THAT(first, IsOk());

  const auto second = Read({"--config", File(ToToml(first->config))});

  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(ToToml(second->config), ToToml(first->config));
}

}  // namespace
}  // namespace hwledger
