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
      entry.set_predicted_bytes(21 << 20);
      entry.set_measured_bytes(20 << 20);
      entry.set_error_percent(5);
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

  v1::ListEntriesRequest sent;
};

TEST_F(LedgerCommandTest, ShowsWhatWasPredictedBesideWhatWasMeasured) {
  EXPECT_EQ(Run({"demo", "--limit", "5"}).output,
            "Loaded            Model              Quant  Context  Predicted  "
            "Measured    Error  Load time\n"
            "2023-11-14 22:13  a, \"quoted\" model  Q8_0   4 × 512   21.0 MiB  "
            "20.0 MiB  +5.00 %     350 ms\n");
  EXPECT_EQ(sent.ShortDebugString(), "model_id: \"demo\" page_size: 5");
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

TEST_F(LedgerCommandTest, RefusesALimitOutOfRange) {
  EXPECT_EQ(Run({"--limit", "0"}).exit_code, 2);
}

}  // namespace
}  // namespace hwledger
