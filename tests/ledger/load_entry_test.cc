#include "core/ledger/load_entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::ElementsAre;

TEST(LoadEntryOfTest, SetsTheDevicesOfBothSidesBesideEachOther) {
  const Device gpu = {.name = "CUDA0", .kind = DeviceKind::kGpu};

  const LedgerEntry entry = LoadEntryOf(
      {.plan = {.model_id = "demo",
                .architecture = "llama",
                .model_digest = "0123456789abcdef",
                .options = {.sequence_length = 512, .slot_count = 2},
                .shares = {{.device = {.name = "CPU"},
                            .weights = MiB(1),
                            .kv_cache = MiB(10)},
                           {.device = gpu,
                            .weights = MiB(2),
                            .compute_buffer = MiB(20),
                            .layer_count = 4}}},
       .measured = {{.name = "CUDA0",
                     .weights = MiB(2),
                     .compute_buffer = MiB(19)},
                    {.name = "Host", .is_host = true, .weights = MiB(1)}},
       .started_at = absl::FromUnixSeconds(100),
       .ready_at = absl::FromUnixSeconds(103)});

  EXPECT_EQ(entry.load_time, absl::Seconds(3));
  EXPECT_EQ(entry.model_digest, "0123456789abcdef");
  EXPECT_EQ(entry.options->slot_count, 2);
  EXPECT_EQ(entry.placement, "CUDA0");
  EXPECT_THAT(
      entry.terms,
      ElementsAre(LedgerTerm{"weights", MiB(1), MiB(1), "CPU"},
                  LedgerTerm{"KV cache", MiB(10), Bytes(), "CPU"},
                  LedgerTerm{"compute buffer", Bytes(), Bytes(), "CPU"},
                  LedgerTerm{"output buffer", Bytes(), Bytes(), "CPU"},
                  LedgerTerm{"weights", MiB(2), MiB(2), "CUDA0"},
                  LedgerTerm{"KV cache", Bytes(), Bytes(), "CUDA0"},
                  LedgerTerm{"compute buffer", MiB(20), MiB(19), "CUDA0"},
                  LedgerTerm{"output buffer", Bytes(), Bytes(), "CUDA0"}));
  EXPECT_THAT(entry.sums(),
              ElementsAre(LedgerTerm{"weights", MiB(3), MiB(3)},
                          LedgerTerm{"KV cache", MiB(10), Bytes()},
                          LedgerTerm{"compute buffer", MiB(20), MiB(19)},
                          LedgerTerm{"output buffer", Bytes(), Bytes()}));
}

}  // namespace
}  // namespace hwledger
