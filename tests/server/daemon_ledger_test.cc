#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
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
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    v1::ListEntriesResponse response;
    while (response.entries_size() < count && absl::Now() < deadline) {
      response.Clear();
      EXPECT_TRUE(List({}, &response).ok());
    }
    return {response.entries().begin(), response.entries().end()};
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
