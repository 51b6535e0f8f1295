#include "core/ledger/generation_table.h"

#include "absl/status/status_macros.h"

namespace hwledger {
namespace {

// Reasons are kept by their numbers: more may be added, at the end.
static_assert(static_cast<int>(FinishReason::kEndOfText) == 0 &&
              static_cast<int>(FinishReason::kStopString) == 1 &&
              static_cast<int>(FinishReason::kLength) == 2 &&
              static_cast<int>(FinishReason::kToolCalls) == 3);

std::optional<int64_t> MicrosecondsOf(
    const std::optional<absl::Duration>& duration) {
  return duration ? std::optional(absl::ToInt64Microseconds(*duration))
                  : std::nullopt;
}

std::optional<absl::Duration> DurationAt(const Statement& row, int column) {
  if (row.IsNull(column)) return std::nullopt;
  return absl::Microseconds(row.Integer(column));
}

GenerationEntry EntryAt(const Statement& row) {
  GenerationEntry entry = {
      .id = row.Integer(0),
      .model_id = row.Text(2),
      .outcome = {.arrived_at = absl::FromUnixMicros(row.Integer(3)),
                  .total_time = absl::Microseconds(row.Integer(4)),
                  .code = static_cast<absl::StatusCode>(row.Integer(5)),
                  .finish_reason = static_cast<FinishReason>(row.Integer(6)),
                  .prompt_tokens = row.Integer(7),
                  .cached_prompt_tokens = row.Integer(8),
                  .completion_tokens = row.Integer(9),
                  .draft_tokens = row.Integer(10),
                  .accepted_draft_tokens = row.Integer(11),
                  .queue_time = DurationAt(row, 12),
                  .prefill_time = DurationAt(row, 13),
                  .decode_time = DurationAt(row, 14),
                  .time_to_first_token = DurationAt(row, 15),
                  .was_alone = row.Integer(16) != 0}};
  if (!row.IsNull(1)) entry.load_id = row.Integer(1);
  return entry;
}

}  // namespace

absl::Status InsertGeneration(Database& database,
                              const GenerationEntry& entry) {
  const GenerationOutcome& outcome = entry.outcome;
  return database
      .Prepare(
          "INSERT INTO generation(load_id, model_id, arrived_at,"
          " total_time, status, finish_reason, prompt_tokens,"
          " cached_prompt_tokens, completion_tokens, draft_tokens,"
          " accepted_draft_tokens, queue_time, prefill_time, decode_time,"
          " time_to_first_token, was_alone)"
          " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Bind(1, entry.load_id)
      .Bind(2, entry.model_id)
      .Bind(3, absl::ToUnixMicros(outcome.arrived_at))
      .Bind(4, absl::ToInt64Microseconds(outcome.total_time))
      .Bind(5, static_cast<int64_t>(outcome.code))
      .Bind(6, static_cast<int64_t>(outcome.finish_reason))
      .Bind(7, outcome.prompt_tokens)
      .Bind(8, outcome.cached_prompt_tokens)
      .Bind(9, outcome.completion_tokens)
      .Bind(10, outcome.draft_tokens)
      .Bind(11, outcome.accepted_draft_tokens)
      .Bind(12, MicrosecondsOf(outcome.queue_time))
      .Bind(13, MicrosecondsOf(outcome.prefill_time))
      .Bind(14, MicrosecondsOf(outcome.decode_time))
      .Bind(15, MicrosecondsOf(outcome.time_to_first_token))
      .Bind(16, int64_t{outcome.was_alone})
      .Run();
}

absl::StatusOr<std::vector<GenerationEntry>> SelectGenerations(
    Database& database, const GenerationQuery& query) {
  Statement select = database.Prepare(
      "SELECT id, load_id, model_id, arrived_at, total_time, status,"
      " finish_reason, prompt_tokens, cached_prompt_tokens, completion_tokens,"
      " draft_tokens, accepted_draft_tokens, queue_time, prefill_time,"
      " decode_time, time_to_first_token, was_alone FROM generation"
      " WHERE id < ?1 AND (?2 = '' OR model_id = ?2)"
      " AND (?3 = 0 OR load_id = ?3) ORDER BY id DESC LIMIT ?4");
  select.Bind(1, query.before_id)
      .Bind(2, query.model_id)
      .Bind(3, query.load_id)
      .Bind(4, query.count_max);
  std::vector<GenerationEntry> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return entries;
    entries.push_back(EntryAt(select));
  }
}

absl::StatusOr<bool> DeleteOldGenerations(Database& database,
                                          const LedgerRetention& retention,
                                          absl::Time now, int64_t step) {
  // Ids rise in the order in which generations ended, so the oldest are near
  // the first, and no index of times is needed.
  ABSL_RETURN_IF_ERROR(
      database
          .Prepare("DELETE FROM generation WHERE id IN"
                   " (SELECT id FROM generation ORDER BY id LIMIT ?1) AND"
                   " (arrived_at < ?2 OR"
                   " id <= (SELECT max(id) FROM generation) - ?3)")
          .Bind(1, step)
          .Bind(2, absl::ToUnixMicros(now - retention.age_max))
          .Bind(3, retention.count_max)
          .Run());
  return database.changed_count() == step;
}

}  // namespace hwledger
