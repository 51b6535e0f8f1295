#include "core/ledger/database.h"

#include <sqlite3.h>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// Another process writes for milliseconds.
constexpr int kBusyMilliseconds = 5000;

absl::StatusCode CodeOf(int result) {
  switch (result & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

std::string PathOf(sqlite3* database) {
  const char* path = sqlite3_db_filename(database, "main");
  return path == nullptr ? "" : path;
}

absl::Status ErrorOf(sqlite3* database, int result) {
  return {CodeOf(result), absl::StrCat(sqlite3_errmsg(database), ": \"",
                                       PathOf(database), "\"")};
}

}  // namespace

Statement::Statement(sqlite3* database, const char* sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  result_ = sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
  statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::Bind(int parameter, int64_t value) {
  if (result_ == SQLITE_OK) {
    result_ = sqlite3_bind_int64(statement_.get(), parameter, value);
  }
  return *this;
}

Statement& Statement::Bind(int parameter, double value) {
  if (result_ == SQLITE_OK) {
    result_ = sqlite3_bind_double(statement_.get(), parameter, value);
  }
  return *this;
}

Statement& Statement::Bind(int parameter, std::string_view text) {
  if (result_ == SQLITE_OK) {
    result_ = sqlite3_bind_text64(statement_.get(), parameter, text.data(),
                                  text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  return *this;
}

Statement& Statement::BindNull(int parameter) {
  if (result_ == SQLITE_OK) {
    result_ = sqlite3_bind_null(statement_.get(), parameter);
  }
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  if (result_ != SQLITE_OK) return ErrorOf(database_, result_);
  const int stepped = sqlite3_step(statement_.get());
  if (stepped == SQLITE_ROW) return true;
  if (stepped == SQLITE_DONE) return false;
  return ErrorOf(database_, stepped);
}

absl::Status Statement::Run() { return Step().status(); }

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double Statement::Real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::Text(int column) const {
  const void* text = sqlite3_column_text(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const char*>(text), static_cast<size_t>(size)};
}

void Database::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

absl::StatusOr<Database> Database::Open(const std::string& path) {
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(
      path.c_str(), &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      nullptr);
  Database database(opened);
  if (result != SQLITE_OK) {
    return absl::Status(CodeOf(result), absl::StrCat(sqlite3_errmsg(opened),
                                                     ": \"", path, "\""));
  }
  sqlite3_busy_timeout(opened, kBusyMilliseconds);
  return database;
}

absl::Status Database::Execute(const char* sql) {
  const int result =
      sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus()
                             : ErrorOf(database_.get(), result);
}

absl::Status Database::Transact(absl::FunctionRef<absl::Status()> work) {
  ABSL_RETURN_IF_ERROR(Execute("BEGIN IMMEDIATE"));
  absl::Status done = work();
  if (done.ok()) done = Execute("COMMIT");
  // After some errors SQLite has done so itself.
  if (!done.ok()) Execute("ROLLBACK").IgnoreError();
  return done;
}

std::string Database::path() const { return PathOf(database_.get()); }

int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(database_.get());
}

int64_t Database::changed_count() const {
  return sqlite3_changes64(database_.get());
}

}  // namespace hwledger
