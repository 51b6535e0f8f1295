#include "core/engine/dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/model/hf_header.h"
#include "core/model/quantize_mix.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

TEST(DryRunTest, RefusesAFileThatIsNoModel) {
  const TemporaryFolder folder;

  EXPECT_THAT(DryRun(folder / "missing.gguf", {.sequence_length = 1}),
              StatusIs(absl::StatusCode::kNotFound,
                       testing::HasSubstr("missing.gguf")));
}

// Where the CPU has AMX, libllama lays out weights of three dimensions for it
// if it may, and then ends the process.
TEST(DryRunTest, KnowsQuantizedWeightsOfThreeDimensions) {
  const TemporaryFolder folder;
  const auto header =
      Quantize(HeaderOf(**FindInCatalogue("deepseek-v2-lite")), "Q4_K_M");
  ASSERT_THAT(header, IsOk());
  WriteGguf(*header, folder / "deepseek.gguf");

  EXPECT_THAT(DryRun(folder / "deepseek.gguf", {.sequence_length = 512}),
              IsOk());
}

TEST(DryRunTest, RefusesBadOptions) {
  const TemporaryFolder folder;
  WriteGguf(TinyLlama(), folder / "tiny.gguf");

  EXPECT_THAT(DryRun(folder / "tiny.gguf", {.sequence_length = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("sequence_length")));
}

TEST(DryRunTest, RefusesToAllocateTheRecordsOfManyCells) {
  const TemporaryFolder folder;
  WriteGguf(TinyLlama(), folder / "tiny.gguf");

  EXPECT_THAT(DryRun(folder / "tiny.gguf",
                     {.sequence_length = 1 << 21, .slot_count = 3}),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       testing::HasSubstr("a cache of 6291456 tokens")));
}

// libllama allocates and zeroes the states: 164 MiB for each sequence.
TEST(DryRunTest, RefusesToAllocateTheStatesOfManySequences) {
  const TemporaryFolder folder;
  WriteGguf(HeaderOf(**FindInCatalogue("mamba2-2.7b")), folder / "mamba.gguf");

  EXPECT_THAT(
      DryRun(folder / "mamba.gguf", {.sequence_length = 1, .slot_count = 64}),
      StatusIs(absl::StatusCode::kResourceExhausted,
               testing::HasSubstr("64 sequences")));
}

}  // namespace
}  // namespace hwledger
