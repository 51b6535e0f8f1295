#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

using FailureTest = CommandTest;

TEST_F(FailureTest, ExitsAsTheCanonicalCodeSays) {
  const std::vector<std::pair<grpc::StatusCode, int>> cases = {
      {grpc::StatusCode::INVALID_ARGUMENT, 2},
      {grpc::StatusCode::NOT_FOUND, 3},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, 4},
      {grpc::StatusCode::INTERNAL, 1},
  };
  for (const auto& [code, exit_code] : cases) {
    daemon.list_devices = [code](const auto&, auto*) {
      return grpc::Status(code, "what went wrong");
    };

    const Outcome outcome = Run({"devices"});

    EXPECT_EQ(outcome.exit_code, exit_code) << code;
    EXPECT_EQ(outcome.errors, "hwledger: what went wrong\n");
    EXPECT_THAT(outcome.output, IsEmpty());
  }
}

TEST_F(FailureTest, TellsADaemonThatIsGoneFromAModelThatIs) {
  google::rpc::Status details;
  details.add_details()->PackFrom(google::rpc::ErrorInfo());
  daemon.list_devices = [](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "socket closed");
  };
  daemon.list_models = [&](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE,
                        "the model's process died",
                        details.SerializeAsString());
  };

  const Outcome without_daemon = Run({"devices"});
  const Outcome without_model = Run({"models"});

  EXPECT_EQ(without_daemon.exit_code, 5);
  EXPECT_EQ(without_daemon.errors,
            "hwledger: the daemon is gone: socket closed\n");
  EXPECT_EQ(without_model.exit_code, 1);
  EXPECT_EQ(without_model.errors, "hwledger: the model's process died\n");
}

TEST_F(FailureTest, NamesTheFieldsThatTheDaemonObjectsTo) {
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field("devices[0].name");
  violation->set_description("no such preset");
  google::rpc::Status details;
  details.add_details()->PackFrom(bad_request);
  daemon.list_devices = [&](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "bad request",
                        details.SerializeAsString());
  };

  const Outcome outcome = Run({"devices"});

  EXPECT_EQ(outcome.errors,
            "hwledger: bad request\n  devices[0].name: no such preset\n");
}

TEST_F(FailureTest, CallsFieldsAsTheCommandLineDoes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"batch_size", "--batch-size"},
      {"base.kv_cache_type_k", "--kv-cache-type-k"},
      {"options.lora_adapters[1]", "--lora"},
      {"devices", "--device"},
      {"model_id", "MODEL"},
      {"sampling.nothing", "sampling.nothing"}};
  for (const auto& [field, flag] : cases) {
    google::rpc::BadRequest bad_request;
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(field + " must be 1; got 2");
    google::rpc::Status details;
    details.add_details()->PackFrom(bad_request);
    daemon.list_devices = [&](const auto&, auto*) {
      return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                          violation->description(),
                          details.SerializeAsString());
    };

    EXPECT_EQ(Run({"devices"}).errors,
              "hwledger: " + flag + " must be 1; got 2\n");
  }
}

TEST_F(FailureTest, RefusesEmptyValues) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {"--address", "", "models"},
           {"models", ""},
           {"models", "--address", ""},
           {"plan", ""},
           {"plan", "demo", "-c", ""},
           {"plan", "demo", "-q", ""},
           {"plan", "demo", "--draft", ""},
           {"plan", "demo", "--mmproj", ""},
           {"plan", "demo", "--lora", ""},
           {"plan", "demo", "--device", ""},
           {"plan", "demo", "--gpu-memory-utilization", ""},
           {"fit", "demo", "--among", ""},
           {"run", "demo", "--system", "", "Hello"}}) {
    const Outcome outcome = Run(arguments);

    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(arguments);
  }
}

TEST_F(FailureTest, SaysWhatACountMayBe) {
  for (const char* count : {"8k", "abc", "0", "1000000000000000000", ""}) {
    const Outcome outcome = Run({"plan", "demo", "-c", count});

    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.errors,
                HasSubstr(std::string("--sequence-length: must be a whole "
                                      "number from 1 to 2147483647; got '") +
                          count + "'"));
  }
  EXPECT_EQ(Run({"plan", "demo", "-n", "0"}).exit_code, 2);
  EXPECT_THAT(Run({"run", "demo", "--temperature", "hot"}).errors,
              HasSubstr("--temperature: must be a number; got 'hot'"));
}

TEST_F(FailureTest, SaysWhatIsWrongWithADevice) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"box:96", "the memory needs a unit, such as 96GiB: '96'"},
      {"box:96GiB:400", "the bandwidth needs a unit, such as 400GB: '400'"},
      {"box:96GiB:-4GB", "not a memory bandwidth such as 400GB or 400GB/s"},
      {"box:96GiB:400GB:71",
       "the compute rate needs a unit, such as 71TFLOPS: '71'"}};
  for (const auto& [device, message] : cases) {
    EXPECT_THAT(Run({"plan", "demo", "--device", device}).errors,
                HasSubstr("--device: " + message));
  }
}

TEST_F(FailureTest, SaysThatThereIsNoSuchCommand) {
  const Outcome outcome = Run({"launch", "X"});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors,
            "hwledger: there is no command 'launch'; 'hwledger --help' lists "
            "them\n");
}

TEST_F(FailureTest, BreaksALongMessageBetweenWords) {
  daemon.list_devices = [](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND,
                        "no model by this name is here");
  };

  EXPECT_EQ(RunInTerminal({"devices"}, /*columns=*/20).output,
            "\x1b[31mhwledger:\x1b[0m no model\r\nby this name is here\r\n");
}

TEST_F(FailureTest, SaysHowToStartADaemonWhereNoneAnswers) {
  const Outcome outcome = Run({"ps", "--address", "unix:/nowhere/socket"});

  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.errors, AllOf(StartsWith("hwledger: no daemon answers at "
                                               "unix:/nowhere/socket"),
                                    HasSubstr("'hwledgerd'")));
}

TEST_F(FailureTest, RefusesAnAddressThatIsNone) {
  EXPECT_EQ(Run({"ps", "--address", "http://localhost:7420"}).exit_code, 2);
  EXPECT_EQ(Run({"--address", "localhost", "ps"}).exit_code, 2);
}

TEST_F(FailureTest, FindsTheUsersOwnSocket) {
  daemon.list_models = [](const auto&, auto*) { return grpc::Status::OK; };
  std::filesystem::create_directory(daemon.folder() / "hwledger");
  std::filesystem::create_symlink(daemon.folder() / "socket",
                                  daemon.folder() / "hwledger/hwledgerd.sock");

  Child child =
      Start({"models"},
            {.environment = {"HWLEDGER_ADDRESS=",
                             "XDG_RUNTIME_DIR=" + daemon.folder().string()}});

  EXPECT_EQ(child.Wait().exit_code, 0);
}

TEST_F(FailureTest, TellsUsageFromOtherFailures) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {},
           {"no-such-command"},
           {"plan"},
           {"plan", "demo", "--sequence-length", "many"},
           {"plan", "demo", "--flash-attention", "perhaps"},
           {"plan", "demo", "--device", "box:lots"},
           {"run", "demo", "--no-such-option"}}) {
    const Outcome outcome = Run(arguments);

    EXPECT_EQ(outcome.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_THAT(outcome.output, IsEmpty());
  }
}

TEST_F(FailureTest, SaysWhenTheAnswerCannotBeWritten) {
  daemon.list_models = [](const auto&, auto*) { return grpc::Status::OK; };

  const Outcome outcome =
      Child({"sh", "-c", HWLEDGER_PROGRAM " models > /dev/full"}, Options())
          .Wait();

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.errors, "hwledger: cannot write standard output\n");
}

TEST_F(FailureTest, EscapesControlCharactersInMessages) {
  daemon.list_devices = [](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "no model '\x1b[2J'");
  };

  EXPECT_EQ(Run({"devices"}).errors, "hwledger: no model '\\x1b[2J'\n");
}

}  // namespace
}  // namespace hwledger
