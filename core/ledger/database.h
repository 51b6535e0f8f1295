#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hwledger {

// One statement of SQLite's. Parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);

  Statement& Bind(int parameter, int64_t value);
  Statement& Bind(int parameter, double value);
  Statement& Bind(int parameter, std::string_view text);
  Statement& BindNull(int parameter);
  // Null where it is absent.
  template <typename T>
  Statement& Bind(int parameter, const std::optional<T>& value) {
    return value ? Bind(parameter, *value) : BindNull(parameter);
  }

  // Whether there is a row (another one). An error of preparing or binding
  // comes out here too.
  absl::StatusOr<bool> Step();
  // Runs what has no rows.
  absl::Status Run();

  // Of the row at hand.
  bool IsNull(int column) const;
  int64_t Integer(int column) const;
  double Real(int column) const;
  std::string Text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  sqlite3* database_;
  int result_;  // The first that was not SQLITE_OK.
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

// A file of SQLite's, that other processes may use at the same time. One thread
// at a time.
class Database {
 public:
  // Makes the file where there is none. DataLoss: it is no database, or a
  // damaged one.
  static absl::StatusOr<Database> Open(const std::string& path);

  // One or more statements without parameters or rows.
  absl::Status Execute(const char* sql);
  // All that `work` does, or nothing where it or the end of it fails.
  absl::Status Transact(absl::FunctionRef<absl::Status()> work);
  Statement Prepare(const char* sql) { return {database_.get(), sql}; }
  std::string path() const;
  // Of the last row that was inserted.
  int64_t last_id() const;
  // Rows that the last statement changed.
  int64_t changed_count() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  explicit Database(sqlite3* database) : database_(database) {}

  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace hwledger
