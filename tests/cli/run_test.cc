#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <latch>
#include <string>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;

using EventWriter = grpc::ServerWriter<v1::RunInferenceResponse>;

v1::RunInferenceResponse TokenEvent(const std::string& text) {
  v1::RunInferenceResponse event;
  event.mutable_token()->set_text(text);
  event.mutable_token()->set_token_count(1);
  return event;
}

v1::RunInferenceResponse CompletionEvent() {
  v1::RunInferenceResponse event;
  v1::Completion& completion = *event.mutable_completion();
  completion.mutable_usage()->set_completion_tokens(2);
  completion.mutable_timings()->set_decode_tokens_per_second(41.2);
  completion.mutable_timings()->mutable_time_to_first_token()->set_nanos(
      120'000'000);
  completion.mutable_memory()->set_measured_bytes(3 << 20);
  completion.mutable_memory()->set_predicted_bytes(2 << 20);
  return event;
}

class RunTest : public CommandTest {
 protected:
  RunTest() {
    daemon.run_inference = [this](const v1::RunInferenceRequest& sent,
                                  EventWriter* writer) {
      request = sent;
      for (const std::string& text : texts) writer->Write(TokenEvent(text));
      writer->Write(CompletionEvent());
      return grpc::Status::OK;
    };
  }

  std::vector<std::string> texts = {"Hello", " there"};
  v1::RunInferenceRequest request;
};

TEST_F(RunTest, WritesTheTextAndNothingElseToStandardOutput) {
  const Outcome outcome = Run({"run", "demo", "Hi"});

  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, "Hello there\n");
  EXPECT_EQ(outcome.errors,
            "[2 tokens at 41.2/s, first after 120 ms, memory 3.00 MiB "
            "(predicted 2.00 MiB)]\n");
}

TEST_F(RunTest, SaysNothingAtTheEndIfAsked) {
  EXPECT_THAT(Run({"run", "demo", "Hi", "--quiet"}).errors, IsEmpty());
}

TEST_F(RunTest, SendsAConversation) {
  Run({"run", "demo", "--system", "Be brief.", "What", "is", "this?"});

  EXPECT_EQ(request.chat().ShortDebugString(),
            "messages { role: \"system\" content: \"Be brief.\" } "
            "messages { role: \"user\" content: \"What is this?\" }");
}

TEST_F(RunTest, SendsRawTextAsItIs) {
  RunWithInput({"run", "demo", "--raw", "-"}, "Memory is\n");

  EXPECT_EQ(request.prompt(), "Memory is\n");
}

TEST_F(RunTest, ReadsThePromptFromStandardInput) {
  RunWithInput({"run", "demo"}, "Hi\nyou\n");

  ASSERT_EQ(request.chat().messages_size(), 1);
  EXPECT_EQ(request.chat().messages(0).content(), "Hi\nyou");
}

TEST_F(RunTest, RefusesAPromptThatIsNotUtf8) {
  EXPECT_EQ(RunWithInput({"run", "demo"}, "a\xff").errors,
            "hwledger: the prompt is not UTF-8\n");
  EXPECT_EQ(Run({"run", "demo", "a\xff"}).exit_code, 2);
}

TEST_F(RunTest, SendsOnlyTheOptionsThatWereGiven) {
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

TEST_F(RunTest, SendsEverySamplingOption) {
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

TEST_F(RunTest, RefusesABiasWithoutAToken) {
  const Outcome outcome = Run({"run", "demo", "Hi", "--logit-bias", "much"});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("must be TOKEN=BIAS; got \"much\""));
}

TEST_F(RunTest, TakesAConstraintAsTextOrFromAFile) {
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

TEST_F(RunTest, SaysAtTheEndHowLikelyTokensWere) {
  daemon.run_inference = [this](const v1::RunInferenceRequest& sent,
                                EventWriter* writer) {
    request = sent;
    v1::RunInferenceResponse event = TokenEvent("Hello");
    v1::TokenLogprob& logprob = *event.mutable_token()->add_logprobs();
    logprob.set_token_id(1);
    logprob.set_piece("Hello");
    logprob.set_logprob(std::log(0.625));
    *logprob.add_top() = logprob;
    v1::TokenLogprob& other = *logprob.add_top();
    other.set_token_id(2);
    other.set_piece("\xC3");
    other.set_logprob(std::log(0.25));
    writer->Write(event);
    writer->Write(CompletionEvent());
    return grpc::Status::OK;
  };

  const Outcome outcome =
      Run({"run", "demo", "Hi", "--quiet", "--logprobs", "2"});

  EXPECT_EQ(request.top_logprobs(), 2);
  EXPECT_EQ(outcome.output, "Hello\n");
  EXPECT_EQ(outcome.errors, "\"Hello\"          62.5 %   \"\\xc3\" 25 %\n");
}

TEST_F(RunTest, ShowsTextAsItComes) {
  std::latch seen(1);
  daemon.run_inference = [&](const auto&, EventWriter* writer) {
    writer->Write(TokenEvent("first"));
    seen.wait();
    writer->Write(TokenEvent(" second"));
    return grpc::Status::OK;
  };
  Child child = Start({"run", "demo", "Hi"}, Options());

  child.ReadUntil("first");
  seen.count_down();

  EXPECT_EQ(child.Wait().output, "first second\n");
}

TEST_F(RunTest, CancelsTheCallOnInterrupt) {
  std::latch cancelled(1);
  daemon.run_inference = [&](const auto&, EventWriter* writer) {
    while (writer->Write(TokenEvent("word "))) {
    }
    cancelled.count_down();
    return grpc::Status::CANCELLED;
  };
  Child child = Start({"run", "demo", "Hi"}, Options());
  child.ReadUntil("word ");

  child.Interrupt();

  const Outcome outcome = child.Wait();
  EXPECT_EQ(outcome.exit_code, 130);
  EXPECT_THAT(outcome.errors, IsEmpty());
  cancelled.wait();
}

TEST_F(RunTest, TellsACancelOfTheDaemonFromItsOwn) {
  daemon.run_inference = [](const auto&, EventWriter* writer) {
    writer->Write(TokenEvent("Hello"));
    return grpc::Status(grpc::StatusCode::CANCELLED, "the model was unloaded");
  };

  const Outcome outcome = Run({"run", "demo", "Hi"});

  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.output, "Hello\n");
  EXPECT_EQ(outcome.errors, "hwledger: the model was unloaded\n");
}

TEST_F(RunTest, KeepsControlCharactersFromATerminalOnly) {
  texts = {"a\x1b[2Jb"};

  EXPECT_EQ(Run({"run", "demo", "Hi"}).output, "a\x1b[2Jb\n");
  EXPECT_THAT(RunInTerminal({"run", "demo", "Hi", "--quiet"}).output,
              EndsWith("a[2Jb\r\n"));
}

TEST_F(RunTest, ShowsProgressOnATerminalOnly) {
  daemon.run_inference = [](const auto&, EventWriter* writer) {
    v1::RunInferenceResponse event;
    event.mutable_load_progress()->set_fraction(0.42);
    writer->Write(event);
    writer->Write(TokenEvent("Hello"));
    return grpc::Status::OK;
  };

  EXPECT_THAT(Run({"run", "demo", "Hi"}).errors, IsEmpty());
  EXPECT_THAT(RunInTerminal({"run", "demo", "Hi"}).output,
              MatchesRegex(".*loading the model: 42 %.*\r\x1b\\[KHello\r\n"));
}

TEST_F(RunTest, ShowsThoughtsAndCallsOnStandardError) {
  daemon.run_inference = [](const auto&, EventWriter* writer) {
    v1::RunInferenceResponse thought;
    thought.mutable_reasoning()->set_text("Hm.");
    writer->Write(thought);
    writer->Write(TokenEvent("I look."));
    v1::RunInferenceResponse call;
    call.mutable_tool_call()->set_name("weather");
    (*call.mutable_tool_call()->mutable_arguments()->mutable_fields())["at"]
        .set_string_value("Rome");
    writer->Write(call);
    return grpc::Status::OK;
  };

  const Outcome outcome = Run({"run", "demo", "Hi"});

  EXPECT_EQ(outcome.output, "I look.\n");
  EXPECT_EQ(outcome.errors, "Hm.\n[calls weather with {\"at\":\"Rome\"}]\n");
}

TEST_F(RunTest, SendsTheToolsOfAFileAndWhetherToThink) {
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

TEST_F(RunTest, PrintsOneJsonObjectPerEvent) {
  const Outcome outcome = Run({"run", "demo", "Hi", "--json"});

  EXPECT_THAT(outcome.output,
              HasSubstr("{\"seq\":\"0\",\"token\":{\"text\":\" there\","
                        "\"token_count\":1,\"logprobs\":[]}}\n"
                        "{\"seq\":\"0\",\"completion\""));
  EXPECT_THAT(outcome.errors, IsEmpty());
}

}  // namespace
}  // namespace hwledger
