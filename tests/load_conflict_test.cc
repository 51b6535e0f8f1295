#include "core/load_conflict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/load_plan.h"
#include "core/load_request.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const LoadPlan kLoaded = {.options = {.sequence_length = 4096,
                                      .slot_count = 4,
                                      .kv_cache_type_k = "q8_0",
                                      .thread_count = 2},
                          .serving = {.prefix_cache_max = Bytes(1000)},
                          .draft_model_id = "small",
                          .adapters = {{"/a.gguf", 1}}};

struct ConflictCase {
  const char* option;
  LoadRequest asked;
  const char* loaded_value;
  const char* asked_value;
};

class LoadConflictTest : public testing::TestWithParam<ConflictCase> {};

TEST_P(LoadConflictTest, NamesTheOptionAndBothValues) {
  const ConflictCase& test = GetParam();

  EXPECT_THAT(
      CheckLoadedAs(test.asked, kLoaded),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               AllOf(HasSubstr(test.option), HasSubstr(test.loaded_value),
                     HasSubstr(test.asked_value))));
}

INSTANTIATE_TEST_SUITE_P(
    Options, LoadConflictTest,
    testing::Values(
        ConflictCase{
            "sequence_length", {.sequence_length = 512}, "4096", "512"},
        ConflictCase{"batch_size", {.slot_count = 8}, "4", "8"},
        ConflictCase{
            "kv_cache_type_k", {.kv_cache_type_k = "f16"}, "q8_0", "f16"},
        ConflictCase{
            "kv_cache_type_v", {.kv_cache_type_v = "q4_0"}, "f16", "q4_0"},
        ConflictCase{"micro_batch_size", {.micro_batch_size = 64}, "512", "64"},
        ConflictCase{"gpu_layers", {.gpu_layers = 3}, "-1", "3"},
        ConflictCase{"thread_count", {.thread_count = 7}, "2", "7"},
        ConflictCase{"flash_attention",
                     {.flash_attention = FlashAttention::kOff},
                     "auto",
                     "off"},
        ConflictCase{"kv_unified", {.kv_unified = false}, "true", "false"},
        ConflictCase{"swa_full", {.swa_full = true}, "false", "true"},
        ConflictCase{"cpu_moe_layers", {.cpu_moe_layers = 5}, "0", "5"},
        ConflictCase{"ngram_lookup", {.ngram_lookup = true}, "false", "true"},
        ConflictCase{"draft_tokens_max", {.draft_tokens_max = 3}, "8", "3"},
        ConflictCase{
            "prefix_cache_bytes", {.prefix_cache_bytes = 0}, "1000", "0"},
        ConflictCase{
            "draft_model_id", {.draft_model_id = "tiny"}, "small", "tiny"},
        ConflictCase{"lora_adapters",
                     {.lora_adapters = {{"/a.gguf", 0.5}}},
                     "/a.gguf x 1",
                     "/a.gguf x 0.5"}),
    [](const auto& test) { return test.param.option; });

TEST(CheckLoadedAsTest, TakesWhatWasLoadedAndWhatIsLeftOpen) {
  EXPECT_THAT(CheckLoadedAs({}, kLoaded), IsOk());
  EXPECT_THAT(CheckLoadedAs({.sequence_length = 4096,
                             .slot_count = 4,
                             .kv_cache_type_k = "q8_0",
                             .flash_attention = FlashAttention::kAuto,
                             .kv_unified = true},
                            kLoaded),
              IsOk());
}

}  // namespace
}  // namespace hwledger
