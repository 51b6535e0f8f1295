#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/generation_outcome.h"
#include "core/planner/planner.h"

namespace hwledger {

// One term of a prediction, and what the engine then counted.
struct LedgerTerm {
  std::string name;
  Bytes predicted;
  std::optional<Bytes> measured;  // Absent: it could not be measured.
  std::string device;  // Empty: of all, as versions before this one kept it.

  friend bool operator==(const LedgerTerm&, const LedgerTerm&) = default;
};

// One load of a model.
struct LedgerEntry {
  int64_t id = 0;  // Rising; the ledger's to give.
  absl::Time loaded_at;
  std::string model_id;
  std::string architecture;  // Empty: not known.
  std::string quantization;
  std::string model_digest;  // ModelDigest; empty: not known.
  int64_t sequence_length = 0;
  int64_t slot_count = 0;
  // All of them. Absent: of a version that did not keep them.
  std::optional<EngineOptions> options;
  PredictionMethod method = PredictionMethod::kAnalytic;
  absl::Duration load_time;  // From the start of the process until it is ready.
  std::vector<LedgerTerm> terms;  // Of each device.
  std::string placement;          // PlacementOf.
  // What the devices were thought to allow at best.
  Throughput bound;
  // The most that the process had resident, shared file pages included.
  // Absent: not known.
  std::optional<Bytes> peak_resident;
  std::optional<absl::Time>
      ended_at;  // Absent: it runs, or nobody saw the end.

  // Of the terms that were measured.
  Bytes predicted() const;
  Bytes measured() const;
  // (predicted - measured) / measured. Absent: nothing was measured.
  std::optional<double> error_percent() const;
  // The terms of all devices together, in order.
  std::vector<LedgerTerm> sums() const;
};

// (predicted - measured) / measured. Absent: nothing was measured.
std::optional<double> ErrorPercent(Bytes predicted, Bytes measured);

// One generation, without any of its text.
struct GenerationEntry {
  int64_t id = 0;  // Rising; the ledger's to give.
  std::string model_id;
  // The load that ran it. Absent: it ended before one was ready, or that load
  // is not kept any more.
  std::optional<int64_t> load_id;
  GenerationOutcome outcome;
};

// What a ledger is told. Loads are named by numbers of the teller's, since
// their ids come to be when they are written; 0 names none.

struct LoadEvent {
  int64_t load_number = 0;
  LedgerEntry entry;
};

struct GeneratedEvent {
  int64_t load_number = 0;
  GenerationEntry entry;
};

// What is known of a load by now.
struct UsageEvent {
  int64_t load_number = 0;
  std::optional<Bytes> peak_resident;
  std::optional<absl::Time> ended_at;  // No more events of it.
};

using LedgerEvent = std::variant<LoadEvent, GeneratedEvent, UsageEvent>;

}  // namespace hwledger
