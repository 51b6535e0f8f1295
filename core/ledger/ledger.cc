#include "core/ledger/ledger.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/status/status_macros.h"
#include "core/ledger/rate_table.h"
#include "core/ledger/schema.h"

namespace hwledger {
namespace {

// A few milliseconds of work.
constexpr int64_t kPrunedAtOnce = 512;

}  // namespace

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(const std::string& path) {
  std::error_code ignored;  // Opening says it better.
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      ignored);
  ABSL_ASSIGN_OR_RETURN(Database database, Database::Open(path));
  ABSL_RETURN_IF_ERROR(PrepareSchema(database));
  return std::unique_ptr<Ledger>(new Ledger(std::move(database)));
}

absl::Status Ledger::Write(absl::Span<const LedgerEvent> events) {
  MutexLock lock(mutex_);
  LoadIds load_ids = load_ids_;
  ABSL_RETURN_IF_ERROR(database_.Transact(
      [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::Status {
        for (const LedgerEvent& event : events) {
          ABSL_RETURN_IF_ERROR(WriteOne(event, load_ids));
        }
        return absl::OkStatus();
      }));
  load_ids_ = std::move(load_ids);
  return absl::OkStatus();
}

absl::Status Ledger::WriteOne(const LedgerEvent& event, LoadIds& load_ids) {
  if (const auto* load = std::get_if<LoadEvent>(&event)) {
    ABSL_ASSIGN_OR_RETURN(const int64_t id, InsertLoad(database_, load->entry));
    if (load->load_number != 0) load_ids[load->load_number] = id;
    return DeleteOldLoads(database_, kLoadsMax);
  }
  if (const auto* generated = std::get_if<GeneratedEvent>(&event)) {
    GenerationEntry entry = generated->entry;
    const auto load = load_ids.find(generated->load_number);
    entry.load_id =
        load == load_ids.end() ? std::nullopt : std::optional(load->second);
    return InsertGeneration(database_, entry);
  }
  const auto& usage = std::get<UsageEvent>(event);
  const auto load = load_ids.find(usage.load_number);
  if (load == load_ids.end()) return absl::OkStatus();  // Never was ready.
  ABSL_RETURN_IF_ERROR(UpdateLoad(database_, load->second, usage));
  if (usage.ended_at) load_ids.erase(load);
  return absl::OkStatus();
}

absl::StatusOr<bool> Ledger::Prune(const LedgerRetention& retention,
                                   absl::Time now) {
  MutexLock lock(mutex_);
  bool may_be_more = false;
  ABSL_RETURN_IF_ERROR(database_.Transact(
      [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(
            may_be_more,
            DeleteOldGenerations(database_, retention, now, kPrunedAtOnce));
        return absl::OkStatus();
      }));
  return may_be_more;
}

absl::StatusOr<std::vector<LedgerEntry>> Ledger::List(
    const LedgerQuery& query) {
  MutexLock lock(mutex_);
  return SelectLoads(database_, query);
}

absl::StatusOr<std::vector<GenerationEntry>> Ledger::ListGenerations(
    const GenerationQuery& query) {
  MutexLock lock(mutex_);
  return SelectGenerations(database_, query);
}

absl::StatusOr<std::vector<TermAccuracy>> Ledger::SummarizeAccuracy() {
  MutexLock lock(mutex_);
  return SelectAccuracy(database_);
}

absl::StatusOr<Measurements> Ledger::SummarizeMeasurements(int64_t core_count) {
  MutexLock lock(mutex_);
  return SelectMeasurements(database_, core_count);
}

absl::Status Ledger::KeepBestRates(int64_t core_count,
                                   std::vector<Device>& devices) {
  MutexLock lock(mutex_);
  return database_.Transact([&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return hwledger::KeepBestRates(database_, core_count, devices);
  });
}

}  // namespace hwledger
