#include "clients/qt/ledger_model.h"

#include "clients/qt/fake/refusal.h"
#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

// The recording has 14 loads.
class LedgerModelTest : public SessionTest {
 protected:
  void Refresh() {
    ledger().refresh();
    ASSERT_TRUE(
        Eventually([this] { return !ledger().property("busy").toBool(); }));
  }
};

TEST_F(LedgerModelTest, ShowsLoadsTheNewestFirst) {
  Refresh();

  ASSERT_EQ(ledger().count(), 14);
  EXPECT_FALSE(ledger().hasMore());
  EXPECT_EQ(RowValue(ledger(), 0, "modelId"), "ollama:qwen3:0.6b");
  EXPECT_EQ(RowValue(ledger(), 0, "architecture"), "qwen3");
  // 1,142,087,712 bytes.
  EXPECT_EQ(RowValue(ledger(), 0, "predictedText"), "1.06 GiB");
  EXPECT_EQ(RowValue(ledger(), 0, "measuredBytes"), 1142087712.0);
  EXPECT_EQ(RowValue(ledger(), 0, "loadTimeText"), "1.41 s");
}

TEST_F(LedgerModelTest, FetchesPageByPage) {
  behaviour().SetPageSize(5);
  Refresh();
  ASSERT_EQ(ledger().count(), 5);

  std::vector<int> counts;
  while (ledger().hasMore()) {
    ledger().fetchMoreEntries();
    ledger().fetchMoreEntries();  // One at a time.
    ASSERT_TRUE(
        Eventually([this] { return !ledger().property("busy").toBool(); }));
    counts.push_back(ledger().count());
  }

  EXPECT_THAT(counts, testing::ElementsAre(10, 14));
  ledger().fetchMoreEntries();
  EXPECT_EQ(ledger().property("busy"), false);
}

TEST_F(LedgerModelTest, FindsWhatIsSearchedFor) {
  Refresh();

  ledger().setSearch("Demo");

  EXPECT_EQ(ledger().count(), 2);
  ledger().setSearch("");
  EXPECT_EQ(ledger().count(), 14);
}

TEST_F(LedgerModelTest, TellsHowAccuratePredictionsWere) {
  Refresh();
  ASSERT_TRUE(Eventually([this] { return ledger().accuracy()->count() == 8; }));

  EXPECT_EQ(RowValue(*ledger().accuracy(), 0, "architecture"), "llama");
  EXPECT_EQ(RowValue(*ledger().accuracy(), 0, "term"), "KV cache");
  EXPECT_EQ(RowValue(*ledger().accuracy(), 0, "entryCount"), 10);
}

TEST_F(LedgerModelTest, SaysWhatFails) {
  behaviour().FailNext("ListEntries",
                       Refusal(grpc::StatusCode::FAILED_PRECONDITION,
                               "no ledger is kept: ledger_path is empty"));

  Refresh();

  EXPECT_EQ(FailureOf(ledger()).message,
            "no ledger is kept: ledger_path is empty");

  Refresh();

  EXPECT_FALSE(FailureOf(ledger()).isSet());
}

}  // namespace
}  // namespace hwledger
