#include "core/ledger/schema.h"

#include <cstdint>
#include <iterator>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// What leads from each version of the tables to the next; from 0 a file begins.
// A step that was ever released is not changed any more. Sizes are bytes, rates
// tokens per second; times are microseconds, since 1970 where they are moments.
constexpr const char* kSteps[] = {
    R"(
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
  CREATE INDEX term_by_load ON term(load_id);)",

    // kv_cache_type_k is NULL in loads whose settings were not kept.
    R"(
  ALTER TABLE load ADD COLUMN model_digest TEXT NOT NULL DEFAULT '';
  ALTER TABLE load ADD COLUMN kv_cache_type_k TEXT;
  ALTER TABLE load ADD COLUMN kv_cache_type_v TEXT;
  ALTER TABLE load ADD COLUMN flash_attention INTEGER;
  ALTER TABLE load ADD COLUMN micro_batch_size INTEGER;
  ALTER TABLE load ADD COLUMN gpu_layers INTEGER;
  ALTER TABLE load ADD COLUMN cpu_moe_layers INTEGER;
  ALTER TABLE load ADD COLUMN thread_count INTEGER;
  ALTER TABLE load ADD COLUMN kv_unified INTEGER;
  ALTER TABLE load ADD COLUMN swa_full INTEGER;
  ALTER TABLE load ADD COLUMN outputs_per_slot INTEGER;
  ALTER TABLE load ADD COLUMN placement TEXT NOT NULL DEFAULT '';
  ALTER TABLE load ADD COLUMN decode_low REAL;
  ALTER TABLE load ADD COLUMN decode_high REAL;
  ALTER TABLE load ADD COLUMN prefill_low REAL;
  ALTER TABLE load ADD COLUMN prefill_high REAL;
  ALTER TABLE load ADD COLUMN peak_resident INTEGER;
  ALTER TABLE load ADD COLUMN ended_at INTEGER;
  ALTER TABLE term ADD COLUMN device TEXT NOT NULL DEFAULT '';
  CREATE TABLE generation(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    load_id INTEGER REFERENCES load(id) ON DELETE SET NULL,
    model_id TEXT NOT NULL,
    arrived_at INTEGER NOT NULL,
    total_time INTEGER NOT NULL,
    status INTEGER NOT NULL,
    finish_reason INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    draft_tokens INTEGER NOT NULL,
    accepted_draft_tokens INTEGER NOT NULL,
    queue_time INTEGER,
    prefill_time INTEGER,
    decode_time INTEGER,
    time_to_first_token INTEGER,
    was_alone INTEGER NOT NULL) STRICT;
  CREATE INDEX generation_by_model ON generation(model_id);
  CREATE INDEX generation_by_load ON generation(load_id);)",

    // Bytes and operations per second, the best ever seen; NULL where unknown.
    R"(
  CREATE TABLE device_rate(
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    core_count INTEGER NOT NULL,
    bandwidth INTEGER,
    flops REAL,
    quantized_flops REAL,
    PRIMARY KEY(name, description, core_count)) STRICT;)",
};
constexpr int64_t kVersion = std::ssize(kSteps);

absl::StatusOr<int64_t> VersionOf(Database& database) {
  Statement version = database.Prepare("PRAGMA user_version");
  ABSL_RETURN_IF_ERROR(version.Step().status());
  return version.Integer(0);
}

absl::Status Upgrade(Database& database) {
  // Another process may have been faster.
  ABSL_ASSIGN_OR_RETURN(const int64_t found, VersionOf(database));
  if (found >= kVersion) return absl::OkStatus();
  for (int64_t version = found; version < kVersion; ++version) {
    ABSL_RETURN_IF_ERROR(database.Execute(kSteps[version]));
  }
  return database.Execute(
      absl::StrCat("PRAGMA user_version = ", kVersion).c_str());
}

}  // namespace

absl::Status PrepareSchema(Database& database) {
  // With the write-ahead log a reader never waits, and a process that is killed
  // loses nothing that was recorded.
  ABSL_RETURN_IF_ERROR(
      database.Execute("PRAGMA journal_mode = WAL;"
                       "PRAGMA synchronous = NORMAL;"
                       "PRAGMA foreign_keys = ON;"));
  ABSL_ASSIGN_OR_RETURN(const int64_t found, VersionOf(database));
  if (found > kVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the ledger was written by a newer version; its format is "
        "number ",
        found, ", known up to ", kVersion, ": \"", database.path(), "\""));
  }
  if (found == kVersion) return absl::OkStatus();
  return database.Transact([&] { return Upgrade(database); });
}

}  // namespace hwledger
