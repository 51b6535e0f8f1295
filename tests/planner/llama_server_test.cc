#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/planner/launch_command.h"
#include "tests/cli/child.h"
#include "tests/temporary_folder.h"

// Our command lines against the program that they are for.
namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class LlamaServerTest : public testing::Test {
 protected:
  // What llama-server says of itself until it serves, or has given up.
  std::string Start(const std::string& command) const {
    const std::string socket = folder_ / "server.sock";
    Child server({"sh", "-c",
                  absl::StrCat("exec ", command, " --host ", socket,
                               " --log-verbosity 4 2>&1")},
                 {});
    server.ReadUntil("listening on");
    // It forgets a Ctrl-C that comes before it waits for one.
    server.Kill();
    return server.Wait().output;
  }

  const TemporaryFolder folder_;
};

TEST_F(LlamaServerTest, TakesWhatWasPlanned) {
  const std::string said = Start(
      LlamaServerCommand(HWLEDGER_DEMO, {.sequence_length = 4096,
                                         .slot_count = 2,
                                         .kv_cache_type_k = "Q8_0",
                                         .kv_cache_type_v = "Q4_0",
                                         .flash_attention = FlashAttention::kOn,
                                         .micro_batch_size = 4096,
                                         .swa_full = true}));

  EXPECT_THAT(said, AllOf(ContainsRegex("n_ctx += 8192"),
                          ContainsRegex("n_batch += 4096"),
                          ContainsRegex("n_ubatch += 4096"),
                          HasSubstr("K (q8_0)"), HasSubstr("V (q4_0)"),
                          HasSubstr("n_slots = 2"), HasSubstr("listening on")));
}

TEST_F(LlamaServerTest, TakesAPlanWithoutGpusAndADraft) {
  const std::string said = Start(LlamaServerCommand(
      HWLEDGER_DEMO, {.sequence_length = 512, .gpu_layers = 0},
      {.draft = DraftAddition{.file = HWLEDGER_DEMO,
                              .kv_cache_type_k = "F16",
                              .kv_cache_type_v = "Q8_0"}},
      GpuUse::kNone));

  EXPECT_THAT(said, AllOf(HasSubstr("V (q8_0)"), HasSubstr("listening on")));
}

TEST_F(LlamaServerTest, TakesAPlanOfLayersAndExperts) {
  EXPECT_THAT(
      Start(LlamaServerCommand(
          HWLEDGER_DEMO,
          {.sequence_length = 512, .gpu_layers = 3, .cpu_moe_layers = 2},
          {.draft = DraftAddition{.file = HWLEDGER_DEMO}})),
      HasSubstr("listening on"));
}

}  // namespace
}  // namespace hwledger
