#include "core/ledger/load_table.h"

#include "absl/status/status_macros.h"

namespace hwledger {
namespace {

std::optional<int64_t> CountOf(std::optional<Bytes> size) {
  return size ? std::optional(size->count()) : std::nullopt;
}

absl::Status InsertTerms(Database& database, int64_t load_id,
                         const std::vector<LedgerTerm>& terms) {
  for (const LedgerTerm& term : terms) {
    ABSL_RETURN_IF_ERROR(
        database
            .Prepare("INSERT INTO term(load_id, name, predicted, measured,"
                     " device) VALUES(?, ?, ?, ?, ?)")
            .Bind(1, load_id)
            .Bind(2, term.name)
            .Bind(3, term.predicted.count())
            .Bind(4, CountOf(term.measured))
            .Bind(5, term.device)
            .Run());
  }
  return absl::OkStatus();
}

void BindOptions(const EngineOptions& options, int first, Statement& insert) {
  insert.Bind(first, options.kv_cache_type_k)
      .Bind(first + 1, options.kv_cache_type_v)
      .Bind(first + 2, static_cast<int64_t>(options.flash_attention))
      .Bind(first + 3, options.micro_batch_size)
      .Bind(first + 4, options.gpu_layers)
      .Bind(first + 5, options.cpu_moe_layers)
      .Bind(first + 6, options.thread_count)
      .Bind(first + 7, int64_t{options.kv_unified})
      .Bind(first + 8, int64_t{options.swa_full})
      .Bind(first + 9, options.outputs_per_slot);
}

// Those of `entry`, and what the columns from `first` on say.
EngineOptions OptionsAt(const Statement& row, int first,
                        const LedgerEntry& entry) {
  return {
      .sequence_length = entry.sequence_length,
      .slot_count = entry.slot_count,
      .outputs_per_slot = row.Integer(first + 9),
      .kv_cache_type_k = row.Text(first),
      .kv_cache_type_v = row.Text(first + 1),
      .flash_attention = static_cast<FlashAttention>(row.Integer(first + 2)),
      .micro_batch_size = row.Integer(first + 3),
      .gpu_layers = row.Integer(first + 4),
      .cpu_moe_layers = row.Integer(first + 5),
      .thread_count = row.Integer(first + 6),
      .kv_unified = row.Integer(first + 7) != 0,
      .swa_full = row.Integer(first + 8) != 0};
}

void BindRate(const std::optional<TokenRate>& rate, int first,
              Statement& insert) {
  if (!rate) return;  // What is not bound is null.
  insert.Bind(first, rate->low).Bind(first + 1, rate->high);
}

LedgerEntry EntryAt(const Statement& row) {
  LedgerEntry entry = {
      .id = row.Integer(0),
      .loaded_at = absl::FromUnixMicros(row.Integer(1)),
      .model_id = row.Text(2),
      .architecture = row.Text(3),
      .quantization = row.Text(4),
      .model_digest = row.Text(9),
      .sequence_length = row.Integer(5),
      .slot_count = row.Integer(6),
      .method = row.Integer(7) != 0 ? PredictionMethod::kDryRun
                                    : PredictionMethod::kAnalytic,
      .load_time = absl::Microseconds(row.Integer(8)),
      .placement = row.Text(10),
      .bound = {.prefill = RateAt(row, 13), .decode = RateAt(row, 11)}};
  if (!row.IsNull(15)) entry.peak_resident = Bytes(row.Integer(15));
  if (!row.IsNull(16)) entry.ended_at = absl::FromUnixMicros(row.Integer(16));
  if (!row.IsNull(17)) entry.options = OptionsAt(row, 17, entry);
  return entry;
}

absl::StatusOr<std::vector<LedgerTerm>> TermsOf(Database& database,
                                                int64_t load_id) {
  Statement select = database.Prepare(
      "SELECT name, predicted, measured, device FROM term WHERE load_id = ?"
      " ORDER BY rowid");
  select.Bind(1, load_id);
  std::vector<LedgerTerm> terms;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return terms;
    LedgerTerm& term =
        terms.emplace_back(LedgerTerm{.name = select.Text(0),
                                      .predicted = Bytes(select.Integer(1)),
                                      .device = select.Text(3)});
    if (!select.IsNull(2)) term.measured = Bytes(select.Integer(2));
  }
}

}  // namespace

std::optional<TokenRate> RateAt(const Statement& row, int first) {
  if (row.IsNull(first)) return std::nullopt;
  return TokenRate{.low = row.Real(first), .high = row.Real(first + 1)};
}

absl::StatusOr<int64_t> InsertLoad(Database& database,
                                   const LedgerEntry& entry) {
  Statement insert = database.Prepare(
      "INSERT INTO load(loaded_at, model_id, architecture, quantization,"
      " sequence_length, slot_count, is_dry_run, load_time, model_digest,"
      " placement, decode_low, decode_high, prefill_low, prefill_high,"
      " peak_resident, kv_cache_type_k, kv_cache_type_v, flash_attention,"
      " micro_batch_size, gpu_layers, cpu_moe_layers, thread_count, kv_unified,"
      " swa_full, outputs_per_slot) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
      " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.Bind(1, absl::ToUnixMicros(entry.loaded_at))
      .Bind(2, entry.model_id)
      .Bind(3, entry.architecture)
      .Bind(4, entry.quantization)
      .Bind(5, entry.sequence_length)
      .Bind(6, entry.slot_count)
      .Bind(7, int64_t{entry.method == PredictionMethod::kDryRun})
      .Bind(8, absl::ToInt64Microseconds(entry.load_time))
      .Bind(9, entry.model_digest)
      .Bind(10, entry.placement)
      .Bind(15, CountOf(entry.peak_resident));
  BindRate(entry.bound.decode, 11, insert);
  BindRate(entry.bound.prefill, 13, insert);
  if (entry.options) BindOptions(*entry.options, 16, insert);
  ABSL_RETURN_IF_ERROR(insert.Run());
  const int64_t id = database.last_id();
  ABSL_RETURN_IF_ERROR(InsertTerms(database, id, entry.terms));
  return id;
}

absl::Status UpdateLoad(Database& database, int64_t id,
                        const UsageEvent& usage) {
  const auto ended_at = usage.ended_at
                            ? std::optional(absl::ToUnixMicros(*usage.ended_at))
                            : std::nullopt;
  return database
      .Prepare(
          "UPDATE load SET peak_resident = coalesce(?2, peak_resident),"
          " ended_at = coalesce(?3, ended_at) WHERE id = ?1")
      .Bind(1, id)
      .Bind(2, CountOf(usage.peak_resident))
      .Bind(3, ended_at)
      .Run();
}

absl::Status DeleteOldLoads(Database& database, int64_t count_max) {
  return database
      .Prepare("DELETE FROM load WHERE id <= (SELECT max(id) FROM load) - ?")
      .Bind(1, count_max)
      .Run();
}

absl::StatusOr<std::vector<LedgerEntry>> SelectLoads(Database& database,
                                                     const LedgerQuery& query) {
  Statement select = database.Prepare(
      "SELECT id, loaded_at, model_id, architecture, quantization,"
      " sequence_length, slot_count, is_dry_run, load_time, model_digest,"
      " placement, decode_low, decode_high, prefill_low, prefill_high,"
      " peak_resident, ended_at, kv_cache_type_k, kv_cache_type_v,"
      " flash_attention, micro_batch_size, gpu_layers, cpu_moe_layers,"
      " thread_count, kv_unified, swa_full, outputs_per_slot FROM load"
      " WHERE id < ?1 AND (?2 = '' OR model_id = ?2)"
      " ORDER BY id DESC LIMIT ?3");
  select.Bind(1, query.before_id)
      .Bind(2, query.model_id)
      .Bind(3, query.count_max);
  std::vector<LedgerEntry> entries;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return entries;
    LedgerEntry& entry = entries.emplace_back(EntryAt(select));
    ABSL_ASSIGN_OR_RETURN(entry.terms, TermsOf(database, entry.id));
  }
}

absl::StatusOr<std::vector<TermAccuracy>> SelectAccuracy(Database& database) {
  Statement select = database.Prepare(
      "SELECT architecture, name, count(*), avg(error), max(error) FROM ("
      " SELECT architecture, name,"
      " abs(sum(predicted) - sum(measured)) * 100.0 / sum(measured) AS error"
      " FROM load JOIN term ON load.id = load_id WHERE measured IS NOT NULL"
      " GROUP BY load_id, name HAVING sum(measured) > 0)"
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
