#include "core/engine/engine_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

EngineOptions Valid() { return {.sequence_length = 4096, .slot_count = 4}; }

TEST(ValidateTest, AcceptsTheDefaults) {
  EXPECT_THAT(Validate(Valid()), IsOk());
}

struct BadOptions {
  EngineOptions options;
  std::string field;
  std::string value;
};

class ValidateRefusalTest : public testing::TestWithParam<BadOptions> {};

TEST_P(ValidateRefusalTest, NamesFieldAndValue) {
  const absl::Status status = Validate(GetParam().options);

  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(StartsWith(GetParam().field),
                                     HasSubstr(GetParam().value))));
  EXPECT_EQ(FieldOf(status), GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    All, ValidateRefusalTest,
    testing::Values(
        BadOptions{{.sequence_length = 0}, "sequence_length", "got 0"},
        BadOptions{{.sequence_length = int64_t{1} << 31},
                   "sequence_length",
                   "got 2147483648"},
        BadOptions{{.sequence_length = 1 << 30, .slot_count = 2},
                   "sequence_length",
                   "1073741824 times 2"},
        BadOptions{
            {.sequence_length = 1, .slot_count = 257}, "batch_size", "got 257"},
        BadOptions{{.sequence_length = 1, .kv_cache_type_k = "q4_k"},
                   "kv_cache_type_k",
                   "\"q4_k\""},
        BadOptions{{.sequence_length = 1, .kv_cache_type_v = ""},
                   "kv_cache_type_v",
                   "\"\""},
        BadOptions{{.sequence_length = 1,
                    .kv_cache_type_v = "q8_0",
                    .flash_attention = FlashAttention::kOff},
                   "kv_cache_type_v",
                   "\"q8_0\""},
        BadOptions{{.sequence_length = 1, .micro_batch_size = 0},
                   "micro_batch_size",
                   "got 0"},
        BadOptions{
            {.sequence_length = 1, .gpu_layers = -2}, "gpu_layers", "got -2"},
        BadOptions{{.sequence_length = 1, .cpu_moe_layers = -1},
                   "cpu_moe_layers",
                   "got -1"},
        BadOptions{{.sequence_length = 1, .thread_count = 0},
                   "thread_count",
                   "got 0"}));

TEST(FindCacheTypeTest, KnowsTypesThatAreNoCacheTypes) {
  EXPECT_NE(FindCacheType("IQ4_NL"), nullptr);
  EXPECT_EQ(FindCacheType("Q6_K"), nullptr);
}

}  // namespace
}  // namespace hwledger
