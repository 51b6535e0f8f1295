#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

class LedgerCommandTest : public CommandTest {
 protected:
  LedgerCommandTest() {
    daemon.list_entries = [this](const v1::ListEntriesRequest& request,
                                 v1::ListEntriesResponse* response) {
      sent = request;
      v1::LedgerEntry& entry = *response->add_entries();
      entry.set_entry_id(7);
      entry.mutable_loaded_at()->set_seconds(1'700'000'000);
      entry.set_model_id("a, \"quoted\" model");
      entry.set_architecture("llama");
      entry.set_quantization("Q8_0");
      entry.set_sequence_length(512);
      entry.set_batch_size(4);
      entry.set_method(v1::PREDICTION_METHOD_DRY_RUN);
      entry.set_load_milliseconds(350);
      entry.set_predicted_bytes(predicted_bytes);
      entry.set_measured_bytes(20 << 20);
      entry.set_error_percent(
          100.0 * static_cast<double>(predicted_bytes - (20 << 20)) /
          (20 << 20));
      entry.set_peak_resident_bytes(50 << 20);
      v1::LedgerTerm& weights = *entry.add_terms();
      weights.set_name("weights");
      weights.set_predicted_bytes(21 << 20);
      weights.set_measured_bytes(20 << 20);
      v1::LedgerTerm& output = *entry.add_terms();
      output.set_name("output buffer");
      output.set_predicted_bytes(64);
      return grpc::Status::OK;
    };
  }
  Outcome Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "ledger");
    ChildOptions options = Options();
    options.environment.push_back("TZ=UTC");
    return Start(std::move(arguments), options).Wait();
  }

  int64_t predicted_bytes = 21 << 20;
  v1::ListEntriesRequest sent;
};

TEST_F(LedgerCommandTest, ShowsWhatWasPredictedBesideWhatWasMeasured) {
  EXPECT_EQ(Run({"demo", "--limit", "5"}).output,
            "Loaded            Model              Quant  Context  Predicted  "
            "Measured    Error  Peak RSS  Load time\n"
            "2023-11-14 22:13  a, \"quoted\" model  Q8_0   4 × 512   21.0 MiB  "
            "20.0 MiB  +5.00 %  50.0 MiB     350 ms\n");
  EXPECT_EQ(sent.ShortDebugString(), "model_id: \"demo\" page_size: 5");
}

TEST_F(LedgerCommandTest, ShowsTheBytesThatNoPercentageShows) {
  predicted_bytes = (20 << 20) - 32;

  EXPECT_THAT(Run({}).output, HasSubstr("  -32 B  "));
}

TEST_F(LedgerCommandTest, WritesALineOfCsvPerTerm) {
  EXPECT_EQ(
      Run({"--csv"}).output,
      "entry_id,loaded_at,model_id,architecture,quantization,sequence_length,"
      "batch_size,method,load_milliseconds,term,predicted_bytes,"
      "measured_bytes\r\n"
      "7,2023-11-14T22:13:20+00:00,\"a, \"\"quoted\"\" "
      "model\",llama,Q8_0,512,4,"
      "PREDICTION_METHOD_DRY_RUN,350,weights,22020096,20971520\r\n"
      "7,2023-11-14T22:13:20+00:00,\"a, \"\"quoted\"\" "
      "model\",llama,Q8_0,512,4,"
      "PREDICTION_METHOD_DRY_RUN,350,output buffer,64,\r\n");
}

TEST_F(LedgerCommandTest, PrintsJson) {
  EXPECT_THAT(Run({"--json"}).output, HasSubstr("\"error_percent\""));
}

TEST_F(LedgerCommandTest, SumsUpHowFarPredictionsWereOff) {
  daemon.summarize_accuracy = [](const auto&, auto* response) {
    v1::TermAccuracy& term = *response->add_terms();
    term.set_architecture("llama");
    term.set_term("compute buffer");
    term.set_entry_count(12);
    term.set_mean_error_percent(0.4);
    term.set_max_error_percent(1.25);
    return grpc::Status::OK;
  };

  EXPECT_EQ(Run({"--accuracy"}).output,
            "Architecture  Term            Loads  Mean error  Largest error\n"
            "llama         compute buffer     12      0.40 %         1.25 %\n");
  EXPECT_EQ(Run({"--accuracy", "--csv"}).output,
            "architecture,term,entry_count,mean_error_percent,"
            "max_error_percent\r\n"
            "llama,compute buffer,12,0.4,1.25\r\n");
}

class GenerationsCommandTest : public LedgerCommandTest {
 protected:
  GenerationsCommandTest() {
    daemon.list_generations = [this](const v1::ListGenerationsRequest& request,
                                     v1::ListGenerationsResponse* response) {
      asked = request;
      v1::GenerationEntry& done = *response->add_generations();
      done.set_generation_id(9);
      done.set_model_id("demo");
      done.set_entry_id(7);
      done.mutable_arrived_at()->set_seconds(1'700'000'000);
      done.mutable_arrived_at()->set_nanos(5'000'000);
      done.mutable_total_time()->set_seconds(2);
      done.set_finish_reason(v1::FINISH_REASON_STOP_STRING);
      done.mutable_usage()->set_prompt_tokens(100);
      done.mutable_usage()->set_cached_prompt_tokens(60);
      done.mutable_usage()->set_completion_tokens(41);
      v1::Timings& timings = *done.mutable_timings();
      timings.mutable_queue_time()->set_nanos(1'500'000);
      timings.mutable_prefill_time()->set_nanos(100'000'000);
      timings.mutable_decode_time()->set_seconds(1);
      timings.mutable_time_to_first_token()->set_nanos(120'000'000);
      timings.set_prefill_tokens_per_second(400);
      timings.set_decode_tokens_per_second(40);
      v1::GenerationEntry& refused = *response->add_generations();
      refused.set_generation_id(8);
      refused.set_model_id("demo");
      refused.mutable_arrived_at()->set_seconds(1'700'000'000);
      refused.mutable_total_time();
      refused.set_status_code(8);
      return grpc::Status::OK;
    };
  }

  v1::ListGenerationsRequest asked;
};

TEST_F(GenerationsCommandTest, ShowsHowGenerationsWent) {
  EXPECT_EQ(
      Run({"demo", "--generations", "--limit", "2"}).output,
      "Arrived              Model  Prompt  Cached  Tokens  Queued  First token "
      " Read/s  Written/s   Total  Ended\n"
      "2023-11-14 22:13:20  demo      100      60      41    1 ms       120 ms "
      "    400       40.0  2.00 s  stop string\n"
      "2023-11-14 22:13:20  demo        0       0       0       –            – "
      "      –          –    0 ms  resource exhausted\n");
  EXPECT_EQ(asked.ShortDebugString(), "model_id: \"demo\" page_size: 2");
}

TEST_F(GenerationsCommandTest, WritesALineOfCsvPerGeneration) {
  EXPECT_EQ(Run({"--generations", "--csv"}).output,
            "generation_id,arrived_at,model_id,entry_id,status_code,"
            "finish_reason,prompt_tokens,cached_prompt_tokens,"
            "completion_tokens,draft_tokens,accepted_draft_tokens,queue_ms,"
            "prefill_ms,decode_ms,time_to_first_token_ms,total_ms\r\n"
            "9,2023-11-14T22:13:20.005+00:00,demo,7,0,"
            "FINISH_REASON_STOP_STRING,100,60,41,0,0,1.5,100,1000,120,2000\r\n"
            "8,2023-11-14T22:13:20.000+00:00,demo,,8,"
            "FINISH_REASON_UNSPECIFIED,0,0,0,0,0,,,,,0\r\n");
}

TEST_F(GenerationsCommandTest, SumsUpNoAccuracyOfGenerations) {
  EXPECT_EQ(Run({"--generations", "--accuracy"}).exit_code, 2);
}

TEST_F(LedgerCommandTest, RefusesALimitOutOfRange) {
  EXPECT_EQ(Run({"--limit", "0"}).exit_code, 2);
}

}  // namespace
}  // namespace hwledger
