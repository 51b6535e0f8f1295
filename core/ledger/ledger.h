#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/ledger/database.h"
#include "core/ledger/entries.h"
#include "core/ledger/generation_table.h"
#include "core/ledger/load_table.h"
#include "core/ledger/measurements.h"
#include "core/mutex.h"

namespace hwledger {

// What was predicted beside what was measured, for every load, and how every
// generation went, on disk. What is written at once is there whole or not at
// all, whenever the process or the machine ends. Any thread.
class Ledger {
 public:
  // Loads that are kept; the oldest go.
  static constexpr int64_t kLoadsMax = 100'000;

  // The file at `path`, which is made with its folder where it is not there,
  // and brought to this version's tables where an older one has made it.
  // DataLoss: it is no ledger. FailedPrecondition: a newer program made it.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(const std::string& path);

  // In order. What `entry.id` and `entry.load_id` say is ignored.
  absl::Status Write(absl::Span<const LedgerEvent> events);

  // Deletes some of the generations that `retention` does not keep at `now`;
  // few at once, so that nobody waits for long. Whether there may be more.
  absl::StatusOr<bool> Prune(const LedgerRetention& retention, absl::Time now);

  // Newest first.
  absl::StatusOr<std::vector<LedgerEntry>> List(const LedgerQuery& query);
  absl::StatusOr<std::vector<GenerationEntry>> ListGenerations(
      const GenerationQuery& query);

  // By architecture and term. What measured nothing is left out.
  absl::StatusOr<std::vector<TermAccuracy>> SummarizeAccuracy();

  // What predictions of this machine, with so many cores, can learn. Takes some
  // milliseconds.
  absl::StatusOr<Measurements> SummarizeMeasurements(int64_t core_count);

  // Gives `devices` the best rates that they ever showed with so many cores.
  absl::Status KeepBestRates(int64_t core_count, std::vector<Device>& devices);

 private:
  // Ids by the teller's numbers.
  using LoadIds = std::map<int64_t, int64_t>;

  explicit Ledger(Database database) : database_(std::move(database)) {}

  absl::Status WriteOne(const LedgerEvent& event, LoadIds& load_ids)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  Database database_ ABSL_GUARDED_BY(mutex_);
  LoadIds load_ids_ ABSL_GUARDED_BY(mutex_);  // Of loads that have not ended.
};

}  // namespace hwledger
