#include "core/ledger/ledger.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

constexpr int64_t kVersion = 1;

// Sizes are bytes; times are microseconds, since 1970 where they are moments.
constexpr const char* kSchema = R"(
  BEGIN;
  CREATE TABLE load(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    loaded_at INTEGER NOT NULL,
    model_id TEXT NOT NULL,
    architecture TEXT NOT NULL,
    quantization TEXT NOT NULL,
    sequence_length INTEGER NOT NULL,
    slot_count INTEGER NOT NULL,
    is_dry_run INTEGER NOT NULL,
    load_time INTEGER NOT NULL) STRICT;
  CREATE TABLE term(
    load_id INTEGER NOT NULL REFERENCES load(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    predicted INTEGER NOT NULL,
    measured INTEGER) STRICT;
  CREATE INDEX load_by_model ON load(model_id);
  CREATE INDEX term_by_load ON term(load_id);
  PRAGMA user_version = 1;
  COMMIT;)";

absl::Status PrepareSchema(Database& database) {
  // With the write-ahead log a reader never waits, and a process that is killed
  // loses nothing that was recorded.
  ABSL_RETURN_IF_ERROR(
      database.Execute("PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = NORMAL;"
                       "PRAGMA foreign_keys = ON;"));
  Statement version = database.Prepare("PRAGMA user_version");
  ABSL_RETURN_IF_ERROR(version.Step().status());
  const int64_t found = version.Integer(0);
  if (found > kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ledger was written by a newer version; its format is "
                     "number ",
                     found, ", known up to ", kVersion));
  }
  return found == 0 ? database.Execute(kSchema) : absl::OkStatus();
}

}  // namespace

Bytes LedgerEntry::predicted() const {
  Bytes total;
  for (const LedgerTerm& term : terms) {
    if (term.measured) total += term.predicted;
  }
  return total;
}

Bytes LedgerEntry::measured() const {
  Bytes total;
  for (const LedgerTerm& term : terms) total += term.measured.value_or(Bytes());
  return total;
}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path) {
  std::error_code ignored;  // Opening says it better.
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      ignored);
  ABSL_ASSIGN_OR_RETURN(Database database, Database::Open(path));
  ABSL_RETURN_IF_ERROR(PrepareSchema(database));
  return std::unique_ptr<Ledger>(new Ledger(std::move(database)));
}

absl::Status Ledger::Record(const LedgerEntry& entry) {
  MutexLock lock(mutex_);
  ABSL_RETURN_IF_ERROR(database_.Execute("BEGIN IMMEDIATE"));
  absl::Status written = Write(entry);
  if (!written.ok()) {
    database_.Execute("ROLLBACK").IgnoreError();
    return written;
  }
  return database_.Execute("COMMIT");
}

absl::Status Ledger::Write(const LedgerEntry& entry) {
  ABSL_RETURN_IF_ERROR(
      database_
          .Prepare("INSERT INTO load(loaded_at, model_id, architecture,"
                   " quantization, sequence_length, slot_count, is_dry_run,"
                   " load_time) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
          .Bind(1, absl::ToUnixMicros(entry.loaded_at))
          .Bind(2, entry.model_id)
          .Bind(3, entry.architecture)
          .Bind(4, entry.quantization)
          .Bind(5, entry.sequence_length)
          .Bind(6, entry.slot_count)
          .Bind(7, int64_t{entry.method == PredictionMethod::kDryRun})
          .Bind(8, absl::ToInt64Microseconds(entry.load_time))
          .Run());
  const int64_t id = database_.last_id();
  for (const LedgerTerm& term : entry.terms) {
    Statement insert = database_.Prepare(
        "INSERT INTO term(load_id, name, predicted, measured)"
        " VALUES(?, ?, ?, ?)");
    insert.Bind(1, id).Bind(2, term.name).Bind(3, term.predicted.count());
    if (term.measured) {
      insert.Bind(4, term.measured->count());
    } else {
      insert.BindNull(4);
    }
    ABSL_RETURN_IF_ERROR(insert.Run());
  }
  return database_.Prepare("DELETE FROM load WHERE id <= ?")
      .Bind(1, id - kEntriesMax)
      .Run();
}

absl::StatusOr<std::vector<LedgerEntry>> Ledger::List(
    const LedgerQuery& query) {
  MutexLock lock(mutex_);
  Statement select = database_.Prepare(
      "SELECT id, loaded_at, model_id, architecture, quantization,"
      " sequence_length, slot_count, is_dry_run, load_time FROM load"
      " WHERE id < ?1 AND (?2 = '' OR model_id = ?2)"
      " ORDER BY id DESC LIMIT ?3");
  select.Bind(1, query.before_id)
      .Bind(2, query.model_id)
      .Bind(3, query.count_max);
  std::vector<LedgerEntry> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return entries;
    LedgerEntry& entry = entries.emplace_back(LedgerEntry{
        .id = select.Integer(0),
        .loaded_at = absl::FromUnixMicros(select.Integer(1)),
        .model_id = select.Text(2),
        .architecture = select.Text(3),
        .quantization = select.Text(4),
        .sequence_length = select.Integer(5),
        .slot_count = select.Integer(6),
        .method = select.Integer(7) != 0 ? PredictionMethod::kDryRun
                                         : PredictionMethod::kAnalytic,
        .load_time = absl::Microseconds(select.Integer(8))});
    ABSL_ASSIGN_OR_RETURN(entry.terms, TermsOf(entry.id));
  }
}

absl::StatusOr<std::vector<LedgerTerm>> Ledger::TermsOf(int64_t id) {
  Statement select = database_.Prepare(
      "SELECT name, predicted, measured FROM term WHERE load_id = ?"
      " ORDER BY rowid");
  select.Bind(1, id);
  std::vector<LedgerTerm> terms;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return terms;
    LedgerTerm& term = terms.emplace_back(LedgerTerm{
        .name = select.Text(0), .predicted = Bytes(select.Integer(1))});
    if (!select.IsNull(2)) term.measured = Bytes(select.Integer(2));
  }
}

absl::StatusOr<std::vector<TermAccuracy>> Ledger::SummarizeAccuracy() {
  MutexLock lock(mutex_);
  Statement select = database_.Prepare(
      "SELECT architecture, name, count(*), avg(error), max(error) FROM ("
      " SELECT architecture, name,"
      " abs(predicted - measured) * 100.0 / measured AS error"
      " FROM load JOIN term ON load.id = load_id WHERE measured > 0)"
      " GROUP BY architecture, name ORDER BY architecture, name");
  std::vector<TermAccuracy> terms;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return terms;
    terms.push_back({.architecture = select.Text(0),
                     .term = select.Text(1),
                     .entry_count = select.Integer(2),
                     .mean_error_percent = select.Real(3),
                     .max_error_percent = select.Real(4)});
  }
}

}  // namespace hwledger
