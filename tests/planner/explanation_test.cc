#include "core/planner/explanation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/model/catalogue.h"
#include "core/planner/device_presets.h"
#include "tests/planner/plan_parts.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

const Device kHost = {.name = "CPU", .free = GiB(64)};

std::vector<Term> ExplainEntry(const std::string& name,
                               const EngineOptions& options,
                               const std::vector<Device>& devices) {
  const ModelShape model = *ShapeOf(HeaderOf(**FindInCatalogue(name)));
  return Explain(model, options, *PlanMemory(model, options, devices));
}

auto IsTerm(const std::string& name, const std::string& formula, Bytes size) {
  return AllOf(Field(&Term::name, name), Field(&Term::formula, formula),
               Field(&Term::size, size));
}

class ExplainTest : public testing::TestWithParam<const char*> {};

// Whatever the model, on the host alone and with a GPU.
TEST_P(ExplainTest, AddsUpToThePlan) {
  const ModelShape model = *ShapeOf(HeaderOf(**FindInCatalogue(GetParam())));
  for (const std::vector<Device>& devices :
       {std::vector{kHost}, {kHost, *FindDevicePreset("rtx-4090")}}) {
    const EngineOptions options = {.sequence_length = 8192, .slot_count = 2};
    const MemoryPlan plan = *PlanMemory(model, options, devices);
    EXPECT_EQ(PartsOf(Explain(model, options, plan)), PartsOf(plan));
  }
}

INSTANTIATE_TEST_SUITE_P(All, ExplainTest,
                         testing::Values("llama-3.2-1b", "gemma-3-12b",
                                         "deepseek-v2-lite", "mamba2-2.7b",
                                         "granite-4.0-h-tiny"));

TEST(ExplainCacheTest, ShowsTheNumbersOfFullAttention) {
  EXPECT_THAT(
      ExplainEntry("llama-3.1-8b", {.sequence_length = 8000}, {kHost}),
      Contains(IsTerm("keys and values of 32 layers",
                      "32 layers · 8192 cells · (1024 keys + 1024 values: "
                      "4096 B as f16 and f16)",
                      GiB(1))));
}

// 1024 + 512 tokens, already a multiple of 256; 2048 keys and values in F16.
TEST(ExplainCacheTest, ShowsTheNumbersOfAWindow) {
  EXPECT_THAT(
      ExplainEntry("gemma-3-12b", {.sequence_length = 32768}, {kHost}),
      Contains(IsTerm("keys and values of 40 layers",
                      "40 layers · 1536 cells (window 1024 · 1 sequence + "
                      "micro-batch 512, in 256s) · (2048 keys + 2048 values: "
                      "8192 B as f16 and f16)",
                      40 * (1536 * Bytes(8192)))));
}

// 576 keys of the latent row and 128 that choose what attention looks at.
TEST(ExplainCacheTest, NamesTheKeysOfAnIndexer) {
  EXPECT_THAT(
      ExplainEntry("deepseek-v3.2", {.sequence_length = 8192}, {kHost}),
      Contains(Field(&Term::formula,
                     HasSubstr("8192 cells · (576 keys + 0 values + 128 "
                               "keys of the indexer: 1408 B as f16 and "
                               "f16)"))));
}

TEST(ExplainOverheadTest, ShowsWhatTheComputeBufferComesTo) {
  const auto size_of = [](int64_t tokens) {
    const EngineOptions options = {.sequence_length = 8192,
                                   .micro_batch_size = tokens};
    for (const Term& term : ExplainEntry("llama-3.1-8b", options, {kHost})) {
      if (term.name == "compute buffer on CPU") return term;
    }
    return Term{};
  };
  const Term term = size_of(256);
  const int64_t elements = term.size / (256 * Bytes(4));

  EXPECT_GT(elements, 0);
  EXPECT_EQ(term.formula,
            absl::StrCat("4 B · 256 tokens of a micro-batch · ", elements,
                         " elements: the widest stage, and masks over 8192 "
                         "cells"));
}

TEST(ExplainCacheTest, ShowsTheNumbersOfAState) {
  EXPECT_THAT(ExplainEntry("mamba2-2.7b",
                           {.sequence_length = 1, .slot_count = 2}, {kHost}),
              Contains(IsTerm("states of 64 layers",
                              "64 layers · 2 sequences · 671488 elements · 4 B",
                              Bytes(2 * 171'900'928))));
}

}  // namespace
}  // namespace hwledger
