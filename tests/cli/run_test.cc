#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <latch>
#include <string>

#include "tests/cli/run_fixture.h"

namespace hwledger {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

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
