#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ledger/ledger.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {

inline LedgerEntry Entry(const std::string& model_id) {
  return {.loaded_at = absl::FromUnixMicros(1'700'000'000'000'001),
          .model_id = model_id,
          .architecture = "llama",
          .quantization = "Q8_0",
          .model_digest = "0123456789abcdef",
          .sequence_length = 512,
          .slot_count = 4,
          .options = EngineOptions{.sequence_length = 512,
                                   .slot_count = 4,
                                   .outputs_per_slot = 9,
                                   .kv_cache_type_k = "q8_0",
                                   .kv_cache_type_v = "q4_0",
                                   .flash_attention = FlashAttention::kOn,
                                   .micro_batch_size = 256,
                                   .gpu_layers = 7,
                                   .cpu_moe_layers = 3,
                                   .thread_count = 2,
                                   .kv_unified = false,
                                   .swa_full = true},
          .method = PredictionMethod::kDryRun,
          .load_time = absl::Microseconds(41'250),
          .terms = {{"weights", MiB(3), MiB(3), "CPU"},
                    {"compute buffer", MiB(5), MiB(4), "CPU"},
                    {"output buffer", KiB(4), std::nullopt, "CPU"}},
          .placement = "CPU",
          .bound = {.decode = TokenRate{.low = 20, .high = 50.5}},
          .peak_resident = MiB(70)};
}

// As far as the ledger keeps it: all but the limits of the bound's rates.
inline GenerationOutcome Outcome() {
  return {.arrived_at = absl::FromUnixMicros(1'700'000'000'000'007),
          .total_time = absl::Milliseconds(2100),
          .finish_reason = FinishReason::kLength,
          .prompt_tokens = 100,
          .cached_prompt_tokens = 60,
          .completion_tokens = 41,
          .draft_tokens = 8,
          .accepted_draft_tokens = 5,
          .queue_time = absl::Milliseconds(1),
          .prefill_time = absl::Milliseconds(100),
          .decode_time = absl::Milliseconds(1000),
          .time_to_first_token = absl::Milliseconds(101),
          .was_alone = false};
}

inline LedgerEvent Generated(int64_t load_number, const std::string& model_id,
                             const GenerationOutcome& outcome = Outcome()) {
  return GeneratedEvent{load_number,
                        {.model_id = model_id, .outcome = outcome}};
}

// One load, and as many generations of it.
inline constexpr int kGenerationsPerLoad = 3;
inline std::vector<LedgerEvent> LoadWithGenerations() {
  std::vector<LedgerEvent> events = {LoadEvent{1, Entry("demo")}};
  for (int i = 0; i < kGenerationsPerLoad; ++i) {
    events.push_back(Generated(1, "demo"));
  }
  return events;
}

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }
  // As the next daemon would.
  void Open() {
    ledger_.reset();
    auto ledger = Ledger::Open(path_);
    ASSERT_THAT(ledger, IsOk());
    ledger_ = *std::move(ledger);
  }
  static absl::Status Record(Ledger& ledger, LedgerEntry entry) {
    return ledger.Write(
        std::vector<LedgerEvent>{LoadEvent{0, std::move(entry)}});
  }
  std::vector<std::string> Names(const LedgerQuery& query) {
    std::vector<std::string> names;
    const auto entries = ledger_->List(query);
    EXPECT_THAT(entries, IsOk());
    for (const LedgerEntry& entry : *entries) names.push_back(entry.model_id);
    return names;
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "made/on/the/way/ledger.db";
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace hwledger
