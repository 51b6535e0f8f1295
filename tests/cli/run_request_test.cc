#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/cli/run_fixture.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

// What is sent of what the command line says.
using RunRequestTest = RunTest;

TEST_F(RunRequestTest, SendsAConversation) {
  Run({"run", "demo", "--system", "Be brief.", "What", "is", "this?"});

  EXPECT_EQ(request.chat().ShortDebugString(),
            "messages { role: \"system\" content: \"Be brief.\" } "
            "messages { role: \"user\" content: \"What is this?\" }");
}

TEST_F(RunRequestTest, SendsRawTextAsItIs) {
  RunWithInput({"run", "demo", "--raw", "-"}, "Memory is\n");

  EXPECT_EQ(request.prompt(), "Memory is\n");
}

TEST_F(RunRequestTest, ReadsThePromptFromStandardInput) {
  RunWithInput({"run", "demo"}, "Hi\nyou\n");

  ASSERT_EQ(request.chat().messages_size(), 1);
  EXPECT_EQ(request.chat().messages(0).content(), "Hi\nyou");
}

TEST_F(RunRequestTest, RefusesAPromptThatIsNotUtf8) {
  EXPECT_EQ(RunWithInput({"run", "demo"}, "a\xff").errors,
            "hwledger: the prompt is not UTF-8\n");
  EXPECT_EQ(Run({"run", "demo", "a\xff"}).exit_code, 2);
}

TEST_F(RunRequestTest, SendsOnlyTheOptionsThatWereGiven) {
  Run({"run",  "demo",    "Hi", "--max-tokens", "5",   "--temperature",
       "0",    "--top-k", "3",  "--top-p",      "0.5", "--min-p",
       "0.25", "--seed",  "7",  "--stop",       "a",   "--stop",
       "b",    "--slots", "2",  "--threads",    "4"});

  request.clear_chat();
  EXPECT_EQ(request.ShortDebugString(),
            "model_id: \"demo\" sampling { temperature: 0 top_k: 3 top_p: 0.5 "
            "min_p: 0.25 seed: 7 } max_tokens: 5 stop: \"a\" stop: \"b\" "
            "load { batch_size: 2 thread_count: 4 }");
}

TEST_F(RunRequestTest, SendsEverySamplingOption) {
  Run({"run",
       "demo",
       "Hi",
       "--typical-p",
       "0.1",
       "--xtc-probability",
       "0.2",
       "--xtc-threshold",
       "0.3",
       "--mirostat",
       "--mirostat-tau",
       "4",
       "--mirostat-eta",
       "0.5",
       "--repetition-penalty",
       "1.5",
       "--frequency-penalty",
       "-0.5",
       "--presence-penalty",
       "0.75",
       "--penalty-last-tokens",
       "64",
       "--dry-multiplier",
       "0.8",
       "--dry-base",
       "1.5",
       "--dry-allowed-length",
       "3",
       "--dry-breaker",
       "\n",
       "--dry-breaker",
       ";",
       "--logit-bias",
       "5=-inf",
       "--logit-bias",
       "6=2.5"});

  EXPECT_EQ(request.sampling().ShortDebugString(),
            "typical_p: 0.1 repetition_penalty: 1.5 frequency_penalty: -0.5 "
            "presence_penalty: 0.75 xtc_probability: 0.2 xtc_threshold: 0.3 "
            "dry_multiplier: 0.8 dry_base: 1.5 dry_allowed_length: 3 "
            "dry_sequence_breakers: \"\\n\" dry_sequence_breakers: \";\" "
            "penalty_last_tokens: 64 mirostat { tau: 4 eta: 0.5 } "
            "logit_bias { token_id: 5 bias: -inf } "
            "logit_bias { token_id: 6 bias: 2.5 }");
}

TEST_F(RunRequestTest, RefusesABiasWithoutAToken) {
  const Outcome outcome = Run({"run", "demo", "Hi", "--logit-bias", "much"});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("must be TOKEN=BIAS; got \"much\""));
}

TEST_F(RunRequestTest, TakesAConstraintAsTextOrFromAFile) {
  const std::string path = (daemon.folder() / "schema.json").string();
  std::ofstream(path) << R"({"type": "object"})";

  Run({"run", "demo", "Hi", "--json-schema", path});
  EXPECT_EQ(request.json_schema(), R"({"type": "object"})");
  Run({"run", "demo", "Hi", "--json-schema", R"({"type": "null"})"});
  EXPECT_EQ(request.json_schema(), R"({"type": "null"})");
  Run({"run", "demo", "Hi", "--grammar", "root ::= \"a\""});
  EXPECT_EQ(request.grammar(), "root ::= \"a\"");
  EXPECT_EQ(Run({"run", "demo", "Hi", "--grammar", "/no/such.gbnf"}).errors,
            "hwledger: cannot read \"/no/such.gbnf\"\n");
}

TEST_F(RunRequestTest, SendsTheToolsOfAFileAndWhetherToThink) {
  const std::string path = daemon.folder() / "tools.json";
  std::ofstream(path)
      << R"([{"type": "function", "function": {"name": "time", )"
      << R"("description": "Tells it.", "parameters": {"type": "object"}}}, )"
      << R"({"name": "bare"}])";

  Run({"run", "demo", "Hi", "--tools", path, "--no-think"});

  EXPECT_EQ(request.chat().ShortDebugString(),
            "messages { role: \"user\" content: \"Hi\" } tools { name: "
            "\"time\" description: \"Tells it.\" parameters_schema: "
            "\"{\\\"type\\\":\\\"object\\\"}\" } tools { name: \"bare\" } "
            "thinking: false");
  EXPECT_EQ(Run({"run", "demo", "Hi", "--tools", "/nonexistent"}).exit_code, 2);
}

}  // namespace
}  // namespace hwledger
