#include "core/ledger/ledger_writer.h"

#include <set>
#include <utility>
#include <variant>

#include "core/host_memory.h"
#include "core/ledger/load_entry.h"
#include "spdlog/spdlog.h"

namespace hwledger {
namespace {

// Memory grows in the first generations, and hardly after them.
constexpr absl::Duration kSampleInterval = absl::Seconds(10);

// Ages are days.
constexpr absl::Duration kPruneInterval = absl::Minutes(10);

}  // namespace

LedgerWriter::LedgerWriter(Ledger& ledger, LedgerRetention retention,
                           Later later, std::function<void()> on_written,
                           std::function<absl::Time()> now)
    : ledger_(ledger),
      retention_(retention),
      later_(std::move(later)),
      on_written_(std::move(on_written)),
      now_(std::move(now)) {}

void LedgerWriter::AddLoad(const RunnerSnapshot& runner) {
  LedgerEntry entry = LoadEntryOf(runner);
  entry.peak_resident = ReadPeakResidentMemory(runner.process_id);
  {
    MutexLock lock(mutex_);
    processes_[runner.plan.load_number] = {.process_id = runner.process_id};
  }
  Add(LoadEvent{runner.plan.load_number, std::move(entry)});
}

void LedgerWriter::AddGeneration(const LoadPlan& plan,
                                 const GenerationOutcome& outcome) {
  Add(GeneratedEvent{plan.load_number,
                     {.model_id = plan.model_id, .outcome = outcome}});
}

void LedgerWriter::AddEnd(const RunnerSnapshot& runner) {
  UsageEvent usage = {.load_number = runner.plan.load_number};
  if (runner.state == LoadState::kEnded) {
    usage.ended_at = now_();
    MutexLock lock(mutex_);
    processes_.erase(usage.load_number);
  } else {
    usage.peak_resident = ReadPeakResidentMemory(runner.process_id);
  }
  Add(usage);
}

void LedgerWriter::Add(LedgerEvent event) {
  {
    MutexLock lock(mutex_);
    if (waiting_.size() >= kWaitingMax) {
      ++left_out_count_;
      return;
    }
    waiting_.push_back(std::move(event));
    if (std::exchange(is_writing_, true)) return;
  }
  later_([this] { Write(); });
}

void LedgerWriter::Write() {
  while (true) {
    std::vector<LedgerEvent> events;
    int64_t left_out_count = 0;
    bool prunes = false;
    {
      MutexLock lock(mutex_);
      events = std::exchange(waiting_, {});
      left_out_count = std::exchange(left_out_count_, 0);
      is_writing_ = !events.empty();
      if (events.empty()) return;
      prunes = !is_pruning_ && now_() - pruned_at_ > kPruneInterval;
    }
    SampleProcesses(events);
    const absl::Status written = ledger_.Write(events);
    if (!written.ok()) {
      spdlog::error("{} entries are not in the ledger: {}", events.size(),
                    written.message());
    }
    if (left_out_count > 0) {
      spdlog::error("{} entries are not in the ledger: too many at once",
                    left_out_count);
    }
    if (on_written_) on_written_();
    if (prunes) PruneLater();
  }
}

void LedgerWriter::SampleProcesses(std::vector<LedgerEvent>& events) {
  std::set<int64_t> generating;
  for (const LedgerEvent& event : events) {
    if (const auto* generated = std::get_if<GeneratedEvent>(&event)) {
      generating.insert(generated->load_number);
    }
  }
  for (const int64_t load_number : generating) {
    int64_t process_id = 0;
    {
      MutexLock lock(mutex_);
      const auto found = processes_.find(load_number);
      if (found == processes_.end()) continue;
      if (now_() - found->second.sampled_at < kSampleInterval) continue;
      found->second.sampled_at = now_();
      process_id = found->second.process_id;
    }
    events.push_back(
        UsageEvent{load_number, ReadPeakResidentMemory(process_id)});
  }
}

void LedgerWriter::PruneLater() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(is_pruning_, true)) return;
  }
  later_([this] { Prune(); });
}

void LedgerWriter::Prune() {
  const absl::StatusOr<bool> may_be_more = ledger_.Prune(retention_, now_());
  if (!may_be_more.ok()) {
    spdlog::error("old entries stay in the ledger: {}",
                  may_be_more.status().message());
  }
  {
    MutexLock lock(mutex_);
    is_pruning_ = false;
    pruned_at_ = now_();
  }
  if (may_be_more.value_or(false)) PruneLater();
}

}  // namespace hwledger
