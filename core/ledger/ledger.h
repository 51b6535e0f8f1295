#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/ledger/database.h"
#include "core/mutex.h"
#include "core/planner/planner.h"

namespace hwledger {

// One term of a prediction, and what the engine then counted.
struct LedgerTerm {
  std::string name;
  Bytes predicted;
  std::optional<Bytes> measured;  // Absent: it could not be measured.

  friend bool operator==(const LedgerTerm&, const LedgerTerm&) = default;
};

// One load of a model.
struct LedgerEntry {
  int64_t id = 0;  // Rising; the ledger's to give.
  absl::Time loaded_at;
  std::string model_id;
  std::string architecture;  // Empty: not known.
  std::string quantization;
  int64_t sequence_length = 0;
  int64_t slot_count = 0;
  PredictionMethod method = PredictionMethod::kAnalytic;
  absl::Duration load_time;  // From the start of the process until it is ready.
  std::vector<LedgerTerm> terms;

  // Of the terms that were measured.
  Bytes predicted() const;
  Bytes measured() const;
};

// How far the predictions of one term were off, over all loads of models of one
// architecture: |predicted - measured| / measured, in per cent.
struct TermAccuracy {
  std::string architecture;
  std::string term;
  int64_t entry_count = 0;
  double mean_error_percent = 0;
  double max_error_percent = 0;
};

struct LedgerQuery {
  std::string model_id;  // Empty: of all models.
  int64_t before_id = std::numeric_limits<int64_t>::max();
  int64_t count_max = 100;
};

// What was predicted beside what was measured, for every load, on disk. A
// record is there whole or not at all, whenever the process or the machine
// ends. Any thread.
class Ledger {
 public:
  // Loads that are kept; the oldest go.
  static constexpr int64_t kEntriesMax = 100'000;

  // The file at `path`, which is made with its folder where it is not there.
  // DataLoss: it is no ledger. FailedPrecondition: a newer program made it.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(const std::string& path);

  // `entry.id` is ignored.
  absl::Status Record(const LedgerEntry& entry);

  // Newest first.
  absl::StatusOr<std::vector<LedgerEntry>> List(const LedgerQuery& query);

  // By architecture and term. What measured nothing is left out.
  absl::StatusOr<std::vector<TermAccuracy>> SummarizeAccuracy();

 private:
  explicit Ledger(Database database) : database_(std::move(database)) {}

  absl::Status Write(const LedgerEntry& entry)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<LedgerTerm>> TermsOf(int64_t id)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  Database database_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
