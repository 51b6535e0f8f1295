#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "core/generation_outcome.h"
#include "core/ledger/ledger.h"
#include "core/load_plan.h"
#include "core/mutex.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// Brings to the ledger what runners tell, on a thread that may wait for a disk.
// Telling it costs a few lines under a lock, whatever the disk does: what waits
// is written in one transaction, and what does not find room is left out and
// logged. Any thread.
class LedgerWriter {
 public:
  // What may wait: minutes of a busy machine, in a megabyte.
  static constexpr size_t kWaitingMax = 4096;

  // Runs a function soon, elsewhere; one that was given before this object is
  // gone may still run, so whoever runs them ends first.
  using Later = std::function<void(std::function<void()>)>;

  // `on_written` is called, where the work is done, after all that waited was
  // written.
  LedgerWriter(Ledger& ledger, LedgerRetention retention, Later later,
               std::function<void()> on_written = nullptr,
               std::function<absl::Time()> now = absl::Now);

  // `runner` is ready.
  void AddLoad(const RunnerSnapshot& runner);
  void AddGeneration(const LoadPlan& plan, const GenerationOutcome& outcome);
  // `runner` is told to end, or has ended. Reads what its process has resident.
  void AddEnd(const RunnerSnapshot& runner);

  // Deletes, little by little, what is not to be kept any more.
  void PruneLater();

 private:
  struct Process {
    int64_t process_id = 0;
    absl::Time sampled_at = absl::InfinitePast();
  };

  void Add(LedgerEvent event) ABSL_LOCKS_EXCLUDED(mutex_);
  void Write();
  // Adds what processes that generated have resident, where that is not known
  // or long ago: whoever is killed has no time to tell.
  void SampleProcesses(std::vector<LedgerEvent>& events)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void Prune();

  Ledger& ledger_;
  const LedgerRetention retention_;
  const Later later_;
  const std::function<void()> on_written_;
  const std::function<absl::Time()> now_;
  Mutex mutex_;
  std::vector<LedgerEvent> waiting_ ABSL_GUARDED_BY(mutex_);
  int64_t left_out_count_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_writing_ ABSL_GUARDED_BY(mutex_) = false;  // Or will soon.
  bool is_pruning_ ABSL_GUARDED_BY(mutex_) = false;  // The same.
  absl::Time pruned_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::map<int64_t, Process> processes_ ABSL_GUARDED_BY(mutex_);  // By load.
};

}  // namespace hwledger
