#include "core/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "core/ledger/load_entry.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LedgerEntry Entry(const std::string& model_id) {
  return {.loaded_at = absl::FromUnixMicros(1'700'000'000'000'001),
          .model_id = model_id,
          .architecture = "llama",
          .quantization = "Q8_0",
          .sequence_length = 512,
          .slot_count = 4,
          .method = PredictionMethod::kDryRun,
          .load_time = absl::Microseconds(41'250),
          .terms = {{"weights", MiB(3), MiB(3)},
                    {"compute buffer", MiB(5), MiB(4)},
                    {"output buffer", KiB(4), std::nullopt}}};
}

LedgerEntry WithTerm(std::string architecture, Bytes predicted,
                     Bytes measured) {
  LedgerEntry entry = Entry("a");
  entry.architecture = std::move(architecture);
  entry.terms = {{"weights", predicted, measured}};
  return entry;
}

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  // As the next daemon would.
  void Open() {
    ledger_.reset();
    auto ledger = Ledger::Open(path_);
    ASSERT_THAT(ledger, IsOk());
    ledger_ = *std::move(ledger);
  }
  std::vector<std::string> Names(const LedgerQuery& query) {
    std::vector<std::string> names;
    const auto entries = ledger_->List(query);
    EXPECT_THAT(entries, IsOk());
    for (const LedgerEntry& entry : *entries) names.push_back(entry.model_id);
    return names;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "made/on/the/way/ledger.db";
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, KeepsWhatWasRecorded) {
  ASSERT_THAT(ledger_->Record(Entry("demo")), IsOk());
  Open();

  const auto entries = ledger_->List({});

  ASSERT_THAT(entries, IsOk());
  ASSERT_THAT(*entries, SizeIs(1));
  const LedgerEntry expected = Entry("demo");
  const LedgerEntry& entry = entries->front();
  EXPECT_EQ(entry.loaded_at, expected.loaded_at);
  EXPECT_EQ(entry.model_id, "demo");
  EXPECT_EQ(entry.architecture, "llama");
  EXPECT_EQ(entry.quantization, "Q8_0");
  EXPECT_EQ(entry.sequence_length, 512);
  EXPECT_EQ(entry.slot_count, 4);
  EXPECT_EQ(entry.method, PredictionMethod::kDryRun);
  EXPECT_EQ(entry.load_time, expected.load_time);
  EXPECT_EQ(entry.terms, expected.terms);
  // Without the output buffer, which was not measured.
  EXPECT_EQ(entry.predicted(), MiB(8));
  EXPECT_EQ(entry.measured(), MiB(7));
}

TEST_F(LedgerTest, ListsTheNewestFirst) {
  for (const char* name : {"first", "second", "third"}) {
    ASSERT_THAT(ledger_->Record(Entry(name)), IsOk());
  }

  EXPECT_THAT(Names({}), ElementsAre("third", "second", "first"));
}

TEST_F(LedgerTest, ListsOneModelOnly) {
  for (const char* name : {"a", "b", "a' OR '1'='1"}) {
    ASSERT_THAT(ledger_->Record(Entry(name)), IsOk());
  }

  EXPECT_THAT(Names({.model_id = "a"}), ElementsAre("a"));
  EXPECT_THAT(Names({.model_id = "a' OR '1'='1"}), ElementsAre("a' OR '1'='1"));
}

TEST_F(LedgerTest, GoesOnWhereAPageEnded) {
  for (const char* name : {"1", "2", "3", "4", "5"}) {
    ASSERT_THAT(ledger_->Record(Entry(name)), IsOk());
  }

  const auto page = ledger_->List({.count_max = 2});
  ASSERT_THAT(page, IsOk());

  EXPECT_THAT(Names({.before_id = page->back().id, .count_max = 2}),
              ElementsAre("3", "2"));
}

TEST_F(LedgerTest, SummarizesHowFarTermsWereOff) {
  ASSERT_THAT(ledger_->Record(WithTerm("llama", MiB(110), MiB(100))), IsOk());
  ASSERT_THAT(ledger_->Record(WithTerm("llama", MiB(80), MiB(100))), IsOk());
  ASSERT_THAT(ledger_->Record(WithTerm("mamba", MiB(7), MiB(7))), IsOk());

  const auto terms = ledger_->SummarizeAccuracy();

  ASSERT_THAT(terms, IsOk());
  ASSERT_THAT(*terms, SizeIs(2));
  EXPECT_EQ((*terms)[0].architecture, "llama");
  EXPECT_EQ((*terms)[0].term, "weights");
  EXPECT_EQ((*terms)[0].entry_count, 2);
  EXPECT_DOUBLE_EQ((*terms)[0].mean_error_percent, 15);  // Of 10 and 20.
  EXPECT_DOUBLE_EQ((*terms)[0].max_error_percent, 20);
  EXPECT_DOUBLE_EQ((*terms)[1].max_error_percent, 0);
}

TEST_F(LedgerTest, LeavesOutWhatWasNotMeasured) {
  LedgerEntry entry = Entry("a");
  entry.terms = {{"weights", MiB(1), std::nullopt}, {"state", MiB(1), Bytes()}};
  ASSERT_THAT(ledger_->Record(entry), IsOk());

  EXPECT_THAT(ledger_->SummarizeAccuracy(), IsOkAndHolds(IsEmpty()));
}

TEST_F(LedgerTest, IsReadWhileAnotherProgramWrites) {
  const auto other = Ledger::Open(path_);
  ASSERT_THAT(other, IsOk());

  ASSERT_THAT((*other)->Record(Entry("theirs")), IsOk());
  ASSERT_THAT(ledger_->Record(Entry("ours")), IsOk());

  EXPECT_THAT(Names({}), ElementsAre("ours", "theirs"));
}

TEST_F(LedgerTest, RefusesWhatIsNoLedger) {
  const std::string path = folder_ / "text.db";
  std::ofstream(path) << "not a database, but longer than a header would be, "
                         "so that it is read as one: "
                      << std::string(4096, 'x');

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
}

TEST_F(LedgerTest, RefusesTheFormatOfANewerProgram) {
  const std::string path = folder_ / "newer.db";
  {
    auto database = Database::Open(path);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(database->Execute("PRAGMA user_version = 7"), IsOk());
  }

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("newer version")));
}

TEST_F(LedgerTest, SaysWhereItCannotBeMade) {
  EXPECT_THAT(Ledger::Open("/proc/no/ledger.db"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("/proc/no/ledger.db")));
}

// Entries that are whole, in a row, as many as another process said that it had
// recorded before it was killed, or one more.
TEST_F(LedgerTest, KeepsEveryWholeRecordOfAProcessThatIsKilled) {
  int64_t recorded_before = 0;
  for (int round = 0; round < 8; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t writer = fork();
    if (writer == 0) {
      const auto ledger = Ledger::Open(path_);
      while (ledger.ok() && (*ledger)->Record(Entry("demo")).ok()) {
        if (write(pipe_ends[1], "x", 1) != 1) break;
      }
      _exit(1);
    }
    close(pipe_ends[1]);
    int64_t told = 0;
    // Some more each time: it is at another place of its work.
    char byte = 0;
    while (told < 5 + 3 * round && read(pipe_ends[0], &byte, 1) == 1) ++told;
    kill(writer, SIGKILL);
    while (read(pipe_ends[0], &byte, 1) == 1) ++told;
    close(pipe_ends[0]);
    waitpid(writer, nullptr, 0);

    Open();
    const auto entries = ledger_->List({.count_max = 10'000});
    ASSERT_THAT(entries, IsOk());
    const int64_t recorded = std::ssize(*entries) - recorded_before;
    EXPECT_GE(recorded, told);
    EXPECT_LE(recorded, told + 1);
    for (const LedgerEntry& entry : *entries) {
      EXPECT_EQ(entry.terms, Entry("demo").terms);
    }
    recorded_before = std::ssize(*entries);
  }
}

TEST(LoadEntryOfTest, AddsUpTheDevicesOfBothSides) {
  const LedgerEntry entry = LoadEntryOf(
      {.plan = {.model_id = "demo",
                .architecture = "llama",
                .options = {.sequence_length = 512, .slot_count = 2},
                .shares = {{.weights = MiB(1), .kv_cache = MiB(10)},
                           {.weights = MiB(2), .compute_buffer = MiB(20)}}},
       .measured = {{.weights = MiB(1), .kv_cache = MiB(10)},
                    {.weights = MiB(2), .compute_buffer = MiB(19)}},
       .started_at = absl::FromUnixSeconds(100),
       .ready_at = absl::FromUnixSeconds(103)});

  EXPECT_EQ(entry.load_time, absl::Seconds(3));
  EXPECT_THAT(entry.terms,
              ElementsAre(LedgerTerm{"weights", MiB(3), MiB(3)},
                          LedgerTerm{"KV cache", MiB(10), MiB(10)},
                          LedgerTerm{"compute buffer", MiB(20), MiB(19)},
                          LedgerTerm{"output buffer", Bytes(), Bytes()}));
}

}  // namespace
}  // namespace hwledger
