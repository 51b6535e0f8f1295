#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <string>

#include "core/ledger/database.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/status_matchers.h"

// What others do to a ledger's file.
namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using LedgerFileTest = LedgerTest;

// The second event of the transaction cannot be written.
TEST_F(LedgerFileTest, WritesAllOrNothing) {
  {
    auto other = Database::Open(path_);
    ASSERT_THAT(other, IsOk());
    ASSERT_THAT(other->Execute("DROP TABLE generation"), IsOk());
  }

  EXPECT_THAT(ledger_->Write(LoadWithGenerations()),
              StatusIs(absl::StatusCode::kUnavailable));

  EXPECT_THAT(Names({}), IsEmpty());
}

TEST_F(LedgerFileTest, IsReadWhileAnotherProgramWrites) {
  const auto other = Ledger::Open(path_);
  ASSERT_THAT(other, IsOk());

  ASSERT_THAT(Record(**other, Entry("theirs")), IsOk());
  ASSERT_THAT(Record(*ledger_, Entry("ours")), IsOk());

  EXPECT_THAT(Names({}), ElementsAre("ours", "theirs"));
}

// Entries that are whole, in a row, as many as another process said that it had
// recorded before it was killed, or one more.
TEST_F(LedgerFileTest, KeepsEveryWholeRecordOfAProcessThatIsKilled) {
  int64_t recorded_before = 0;
  for (int round = 0; round < 8; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t writer = fork();
    if (writer == 0) {
      const auto ledger = Ledger::Open(path_);
      while (ledger.ok() && (*ledger)->Write(LoadWithGenerations()).ok()) {
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
      EXPECT_THAT(ledger_->ListGenerations({.load_id = entry.id}),
                  IsOkAndHolds(SizeIs(kGenerationsPerLoad)));
    }
    recorded_before = std::ssize(*entries);
  }
}

// What version 0.1.0 wrote.
TEST_F(LedgerFileTest, GoesOnWithTheFileOfAnOlderProgram) {
  const std::string path = folder_ / "older.db";
  {
    auto database = Database::Open(path);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(
        database->Execute(
            "CREATE TABLE load(id INTEGER PRIMARY KEY AUTOINCREMENT,"
            " loaded_at INTEGER NOT NULL, model_id TEXT NOT NULL,"
            " architecture TEXT NOT NULL, quantization TEXT NOT NULL,"
            " sequence_length INTEGER NOT NULL, slot_count INTEGER NOT NULL,"
            " is_dry_run INTEGER NOT NULL, load_time INTEGER NOT NULL) STRICT;"
            "CREATE TABLE term(load_id INTEGER NOT NULL"
            " REFERENCES load(id) ON DELETE CASCADE, name TEXT NOT NULL,"
            " predicted INTEGER NOT NULL, measured INTEGER) STRICT;"
            "CREATE INDEX load_by_model ON load(model_id);"
            "CREATE INDEX term_by_load ON term(load_id);"
            "INSERT INTO load VALUES(41, 1700000000000001, 'old', 'llama',"
            " 'F16', 512, 4, 1, 41250);"
            "INSERT INTO term VALUES(41, 'weights', 3145728, 3145728);"
            "PRAGMA user_version = 1"),
        IsOk());
  }

  const auto ledger = Ledger::Open(path);
  ASSERT_THAT(ledger, IsOk());
  ASSERT_THAT((*ledger)->Write(LoadWithGenerations()), IsOk());

  const auto entries = (*ledger)->List({});
  ASSERT_THAT(entries, IsOk());
  ASSERT_THAT(*entries, SizeIs(2));
  const LedgerEntry& old = entries->back();
  EXPECT_EQ(old.id, 41);
  EXPECT_EQ(old.model_id, "old");
  EXPECT_EQ(old.options, std::nullopt);
  EXPECT_EQ(old.peak_resident, std::nullopt);
  EXPECT_THAT(old.terms, ElementsAre(LedgerTerm{"weights", MiB(3), MiB(3)}));
  EXPECT_EQ(entries->front().id, 42);
  EXPECT_THAT((*ledger)->ListGenerations({}),
              IsOkAndHolds(SizeIs(kGenerationsPerLoad)));
}

TEST_F(LedgerFileTest, RefusesTheFormatOfANewerProgram) {
  const std::string path = folder_ / "newer.db";
  {
    auto database = Database::Open(path);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(database->Execute("PRAGMA user_version = 7"), IsOk());
  }

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("newer version"), HasSubstr("7"),
                             HasSubstr(path))));
}

TEST_F(LedgerFileTest, RefusesWhatIsNoLedger) {
  const std::string path = folder_ / "text.db";
  std::ofstream(path) << "not a database, but longer than a header would be, "
                         "so that it is read as one: "
                      << std::string(4096, 'x');

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
}

TEST_F(LedgerFileTest, SaysWhereItCannotBeMade) {
  EXPECT_THAT(Ledger::Open("/proc/no/ledger.db"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("/proc/no/ledger.db")));
}

}  // namespace
}  // namespace hwledger
