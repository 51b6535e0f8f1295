#include "core/ledger/measurements.h"

#include <optional>
#include <vector>

#include "absl/status/status_macros.h"
#include "core/ledger/load_table.h"

namespace hwledger {
namespace {

// What was measured long ago, on other drivers and versions, tells less. So
// many rows are read within a few milliseconds.
constexpr int64_t kGenerationsMax = 2048;
constexpr int64_t kLoadsMax = 256;

absl::Duration MicrosecondsAt(const Statement& row, int column) {
  return absl::Microseconds(row.Integer(column));
}

RateSample SampleAt(const Statement& row) {
  const EngineOptions options = {.sequence_length = row.Integer(7),
                                 .micro_batch_size = row.Integer(8)};
  GenerationOutcome outcome = {.prompt_tokens = row.Integer(13),
                               .cached_prompt_tokens = row.Integer(14),
                               .completion_tokens = row.Integer(15)};
  if (!row.IsNull(16)) outcome.prefill_time = MicrosecondsAt(row, 16);
  if (!row.IsNull(17)) outcome.decode_time = MicrosecondsAt(row, 17);
  return SampleOf(
      {.model_digest = row.Text(0),
       .architecture = row.Text(1),
       .quantization = row.Text(2),
       .placement = row.Text(3),
       .kv_cache_type_k = row.Text(4),
       .kv_cache_type_v = row.Text(5),
       .flash_attention = static_cast<FlashAttention>(row.Integer(6))},
      outcome, {.prefill = RateAt(row, 11), .decode = RateAt(row, 9)}, options);
}

absl::StatusOr<std::vector<RateSample>> SelectRates(Database& database,
                                                    int64_t core_count) {
  Statement select = database.Prepare(
      "SELECT model_digest, architecture, quantization, placement,"
      " kv_cache_type_k, kv_cache_type_v, flash_attention, sequence_length,"
      " micro_batch_size, decode_low, decode_high, prefill_low, prefill_high,"
      " prompt_tokens, cached_prompt_tokens, completion_tokens, prefill_time,"
      " decode_time FROM generation JOIN load ON load.id = load_id"
      " WHERE was_alone AND status = 0 AND draft_tokens = 0"
      " AND thread_count >= ?1 AND kv_cache_type_k IS NOT NULL"
      " ORDER BY generation.id DESC LIMIT ?2");
  select.Bind(1, core_count).Bind(2, kGenerationsMax);
  std::vector<RateSample> samples;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return samples;
    samples.push_back(SampleAt(select));
  }
}

// Where more was accounted for than was ever touched, nothing comes on top.
absl::StatusOr<std::vector<OverheadSample>> SelectOverheads(
    Database& database) {
  Statement select = database.Prepare(
      "SELECT model_digest, max(0, peak_resident -"
      " (SELECT coalesce(sum(measured), 0) FROM term"
      "  WHERE load_id = load.id AND device = 'CPU'))"
      " FROM load WHERE peak_resident IS NOT NULL AND model_digest != ''"
      " ORDER BY id DESC LIMIT ?1");
  select.Bind(1, kLoadsMax);
  std::vector<OverheadSample> samples;
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const bool has_row, select.Step());
    if (!has_row) return samples;
    samples.push_back(
        {.model_digest = select.Text(0), .overhead = Bytes(select.Integer(1))});
  }
}

}  // namespace

absl::StatusOr<Measurements> SelectMeasurements(Database& database,
                                                int64_t core_count) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<RateSample> rates,
                        SelectRates(database, core_count));
  ABSL_ASSIGN_OR_RETURN(const std::vector<OverheadSample> overheads,
                        SelectOverheads(database));
  return Measurements(rates, overheads);
}

}  // namespace hwledger
