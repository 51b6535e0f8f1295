#include <numeric>

#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class DaemonLedgerTest : public DaemonTest {
 protected:
  grpc::Status List(const v1::ListEntriesRequest& request,
                    v1::ListEntriesResponse* response) {
    grpc::ClientContext context;
    return ledger_->ListEntries(&context, request, response);
  }
  // Once there are as many; a load is recorded after its caller hears of it.
  std::vector<v1::LedgerEntry> Entries(int count) {
    v1::ListEntriesResponse response;
    EXPECT_TRUE(Await([&] {
      return List({}, &response).ok() && response.entries_size() >= count;
    }));
    return {response.entries().begin(), response.entries().end()};
  }
  grpc::Status ListGenerations(const v1::ListGenerationsRequest& request,
                               v1::ListGenerationsResponse* response) {
    grpc::ClientContext context;
    return ledger_->ListGenerations(&context, request, response);
  }
  // As Entries.
  std::vector<v1::GenerationEntry> Generations(int count) {
    v1::ListGenerationsResponse response;
    EXPECT_TRUE(Await([&] {
      return ListGenerations({}, &response).ok() &&
             response.generations_size() >= count;
    }));
    return {response.generations().begin(), response.generations().end()};
  }
  void LoadAndUnload() {
    Load(/*slot_count=*/2);
    v1::UnloadModelRequest request;
    request.set_model_id("demo");
    v1::UnloadModelResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(library_->UnloadModel(&context, request, &response).ok());
  }
};

TEST_F(DaemonLedgerTest, HasWhatALoadWasPredictedAndMeasuredToTake) {
  const v1::LoadedModel loaded = Load(/*slot_count=*/2);

  const std::vector<v1::LedgerEntry> entries = Entries(1);

  ASSERT_THAT(entries, SizeIs(1));
  const v1::LedgerEntry& entry = entries.front();
  EXPECT_EQ(entry.model_id(), "demo");
  EXPECT_EQ(entry.architecture(), "llama");
  EXPECT_EQ(entry.quantization(), "Q8_0");
  EXPECT_EQ(entry.batch_size(), 2);
  EXPECT_EQ(entry.method(), v1::PREDICTION_METHOD_DRY_RUN);
  EXPECT_EQ(entry.loaded_at().seconds(), loaded.loaded_at().seconds());
  EXPECT_EQ(entry.predicted_bytes(), loaded.memory().predicted_bytes());
  EXPECT_EQ(entry.measured_bytes(), loaded.memory().measured_bytes());
  EXPECT_EQ(entry.error_percent(), 0);
  EXPECT_THAT(entry.terms(), SizeIs(4));
}

TEST_F(DaemonLedgerTest, IsThereAgainForTheNextDaemon) {
  LoadAndUnload();
  ASSERT_THAT(Entries(1), SizeIs(1));

  daemon_.reset();
  SetUp();

  EXPECT_THAT(Entries(1), SizeIs(1));
}

TEST_F(DaemonLedgerTest, TurnsPages) {
  for (int i = 0; i < 3; ++i) LoadAndUnload();
  const std::vector<v1::LedgerEntry> all = Entries(3);
  ASSERT_THAT(all, SizeIs(3));

  v1::ListEntriesRequest request;
  request.set_page_size(2);
  v1::ListEntriesResponse first;
  ASSERT_TRUE(List(request, &first).ok());
  request.set_page_token(first.next_page_token());
  v1::ListEntriesResponse second;
  ASSERT_TRUE(List(request, &second).ok());

  ASSERT_THAT(first.entries(), SizeIs(2));
  EXPECT_EQ(first.entries(0).entry_id(), all[0].entry_id());
  ASSERT_THAT(second.entries(), SizeIs(1));
  EXPECT_EQ(second.entries(0).entry_id(), all[2].entry_id());
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(DaemonLedgerTest, SummarizesByTerm) {
  Load(/*slot_count=*/1);
  Entries(1);

  grpc::ClientContext context;
  v1::SummarizeAccuracyResponse response;
  ASSERT_TRUE(ledger_->SummarizeAccuracy(&context, {}, &response).ok());

  ASSERT_GT(response.terms_size(), 0);
  for (const v1::TermAccuracy& term : response.terms()) {
    EXPECT_EQ(term.architecture(), "llama");
    EXPECT_EQ(term.entry_count(), 1);
    EXPECT_EQ(term.max_error_percent(), 0) << term.term();
  }
}

TEST_F(DaemonLedgerTest, KeepsHowALoadWasSetUpAndWhatItTook) {
  LoadAndUnload();

  std::vector<v1::LedgerEntry> entries;
  ASSERT_TRUE(Await([&] {
    entries = Entries(1);
    return entries.front().has_ended_at();
  }));

  const v1::LedgerEntry& entry = entries.front();
  EXPECT_THAT(entry.model_digest(), SizeIs(16));
  EXPECT_EQ(entry.options().batch_size(), 2);
  EXPECT_EQ(entry.options().thread_count(), 1);
  EXPECT_EQ(entry.options().kv_cache_type_k(), "f16");
  ASSERT_THAT(entry.devices(), SizeIs(1));
  EXPECT_EQ(entry.devices(0).name(), "CPU");
  EXPECT_EQ(entry.devices(0).terms(0).error_percent(), 0);
  EXPECT_GT(entry.peak_resident_bytes(), entry.measured_bytes());
  EXPECT_GE(entry.ended_at().seconds(), entry.loaded_at().seconds());
}

TEST_F(DaemonLedgerTest, HasCountsAndTimesOfGenerations) {
  Load(/*slot_count=*/1);
  v1::RunInferenceRequest request = Asking("hello");
  request.set_max_tokens(5);
  const Heard heard = Run(request);
  ASSERT_TRUE(heard.status.ok());

  const std::vector<v1::GenerationEntry> generations = Generations(1);

  ASSERT_THAT(generations, SizeIs(1));
  const v1::GenerationEntry& entry = generations.front();
  EXPECT_EQ(entry.model_id(), "demo");
  EXPECT_EQ(entry.entry_id(), Entries(1).front().entry_id());
  EXPECT_EQ(entry.status_code(), 0);
  EXPECT_EQ(entry.finish_reason(), heard.completion().finish_reason());
  EXPECT_EQ(entry.usage().ShortDebugString(),
            heard.completion().usage().ShortDebugString());
  // Times are kept to the microsecond.
  const double rate = heard.completion().timings().decode_tokens_per_second();
  EXPECT_NEAR(entry.timings().decode_tokens_per_second(), rate, rate / 100);
  EXPECT_GT(entry.total_time().nanos() + entry.total_time().seconds(), 0);
  // What the model said is nobody's business.
  EXPECT_THAT(entry.ShortDebugString(),
              Not(HasSubstr(heard.completion().full_text())));
}

TEST_F(DaemonLedgerTest, TurnsPagesOfGenerations) {
  v1::RunInferenceRequest run = Asking("hello");
  run.set_max_tokens(1);
  for (int i = 0; i < 3; ++i) Run(run);
  const std::vector<v1::GenerationEntry> all = Generations(3);
  ASSERT_THAT(all, SizeIs(3));

  v1::ListGenerationsRequest request;
  request.set_page_size(2);
  v1::ListGenerationsResponse first;
  ASSERT_TRUE(ListGenerations(request, &first).ok());
  request.set_page_token(first.next_page_token());
  v1::ListGenerationsResponse second;
  ASSERT_TRUE(ListGenerations(request, &second).ok());

  EXPECT_THAT(first.generations(), SizeIs(2));
  ASSERT_THAT(second.generations(), SizeIs(1));
  EXPECT_EQ(second.generations(0).generation_id(), all[2].generation_id());
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(DaemonLedgerTest, RefusesANegativeLoad) {
  v1::ListGenerationsRequest request;
  request.set_entry_id(-3);
  v1::ListGenerationsResponse response;

  EXPECT_THAT(ListGenerations(request, &response),
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          AllOf(HasSubstr("entry_id"), HasSubstr("-3"))));
}

TEST_F(DaemonLedgerTest, LetsPredictionsLearn) {
  v1::EstimateVramRequest question = Question("demo");
  v1::MemoryPrediction before;
  ASSERT_TRUE(Estimate(question, &before).ok());
  ASSERT_FALSE(before.throughput().has_calibration());
  // On all cores, and longer than a few steps.
  v1::RunInferenceRequest request;
  request.set_model_id("demo");
  request.set_prompt("Memory");
  request.set_max_tokens(32);
  request.mutable_sampling()->set_seed(1);
  const Heard heard = Run(request);
  ASSERT_TRUE(heard.status.ok());
  ASSERT_GE(heard.completion().usage().completion_tokens(), 16);

  v1::MemoryPrediction after;
  ASSERT_TRUE(Await([&] {
    return Estimate(question, &after).ok() &&
           after.throughput().has_calibration();
  }));

  // Of a device that is named, only what it allows is told.
  question.add_devices()->set_name("CPU");
  v1::MemoryPrediction bound;
  ASSERT_TRUE(Estimate(question, &bound).ok());
  ASSERT_FALSE(bound.throughput().has_calibration());
  const v1::Throughput& rates = after.throughput();
  EXPECT_EQ(rates.calibration().decode_count(), 1);
  EXPECT_DOUBLE_EQ(rates.decode().high_tokens_per_second(),
                   bound.throughput().decode().high_tokens_per_second() *
                       rates.calibration().decode_ratio());
  EXPECT_EQ(after.measured_overhead().load_count(), 1);
  EXPECT_EQ(after.total_bytes(), before.total_bytes());
}

int64_t CountOf(const v1::TimeHistogram& times) {
  return std::accumulate(times.counts().begin(), times.counts().end(),
                         int64_t{0});
}

TEST_F(DaemonLedgerTest, CountsWhatAModelsGenerationsCameTo) {
  Load(/*slot_count=*/1);
  v1::RunInferenceRequest request = Asking("hello");
  request.set_max_tokens(2);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Run(request).status.ok());
  request.mutable_chat()->mutable_messages(0)->set_content(
      std::string(20'000, 'x'));
  EXPECT_FALSE(Run(request).status.ok());

  const v1::ModelCounts counts = Loaded().front().counts();

  EXPECT_EQ(counts.started_count(), 3);
  EXPECT_EQ(counts.finished_count(), 2);
  EXPECT_EQ(counts.failed_count(), 1);
  EXPECT_EQ(counts.completion_tokens(), 4);
  EXPECT_GT(counts.prompt_tokens(), 0);
  EXPECT_EQ(counts.restart_count(), 0);
  EXPECT_EQ(CountOf(counts.queue_times()), 2);
  EXPECT_EQ(CountOf(counts.times_to_first_token()), 2);
  EXPECT_GT(counts.times_to_first_token().sum_seconds(), 0);
}

TEST_F(DaemonLedgerTest, NamesTheFieldThatIsWrong) {
  v1::ListEntriesRequest request;
  v1::ListEntriesResponse response;
  request.set_page_size(1001);
  EXPECT_THAT(List(request, &response),
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          AllOf(HasSubstr("page_size"), HasSubstr("1001"))));

  request.set_page_size(1);
  request.set_page_token("tomorrow");
  EXPECT_THAT(
      List(request, &response),
      IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                  AllOf(HasSubstr("page_token"), HasSubstr("tomorrow"))));
}

class DaemonWithoutLedgerTest : public DaemonLedgerTest {
 protected:
  DaemonWithoutLedgerTest() { config_.ledger_path = "/proc/ledger.db"; }
};

TEST_F(DaemonWithoutLedgerTest, RunsModelsAllTheSame) {
  EXPECT_GT(Load(/*slot_count=*/1).memory().measured_bytes(), 0);

  v1::ListEntriesResponse response;
  EXPECT_THAT(List({}, &response), IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                                               HasSubstr("/proc/ledger.db")));
}

}  // namespace
}  // namespace hwledger
