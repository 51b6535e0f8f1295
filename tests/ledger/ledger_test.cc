#include "core/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/ledger/ledger_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LedgerEntry WithTerm(std::string architecture, Bytes predicted,
                     Bytes measured) {
  LedgerEntry entry = Entry("a");
  entry.architecture = std::move(architecture);
  entry.terms = {{"weights", predicted, measured}};
  return entry;
}

TEST_F(LedgerTest, KeepsWhatWasRecorded) {
  ASSERT_THAT(Record(*ledger_, Entry("demo")), IsOk());
  Open();

  const auto entries = ledger_->List({});

  ASSERT_THAT(entries, IsOk());
  ASSERT_THAT(*entries, SizeIs(1));
  const LedgerEntry expected = Entry("demo");
  const LedgerEntry& entry = entries->front();
  EXPECT_EQ(entry.loaded_at, expected.loaded_at);
  EXPECT_EQ(entry.model_id, "demo");
  EXPECT_EQ(entry.architecture, "llama");
  EXPECT_EQ(entry.quantization, "Q8_0");
  EXPECT_EQ(entry.sequence_length, 512);
  EXPECT_EQ(entry.slot_count, 4);
  EXPECT_EQ(entry.method, PredictionMethod::kDryRun);
  EXPECT_EQ(entry.load_time, expected.load_time);
  EXPECT_EQ(entry.terms, expected.terms);
  EXPECT_EQ(entry.model_digest, expected.model_digest);
  EXPECT_EQ(entry.options, expected.options);
  EXPECT_EQ(entry.placement, "CPU");
  ASSERT_TRUE(entry.bound.decode.has_value());
  EXPECT_EQ(entry.bound.decode->low, 20);
  EXPECT_EQ(entry.bound.decode->high, 50.5);
  EXPECT_FALSE(entry.bound.prefill.has_value());
  EXPECT_EQ(entry.peak_resident, MiB(70));
  EXPECT_EQ(entry.ended_at, std::nullopt);
  // Without the output buffer, which was not measured.
  EXPECT_EQ(entry.predicted(), MiB(8));
  EXPECT_EQ(entry.measured(), MiB(7));
}

TEST_F(LedgerTest, ListsTheNewestFirst) {
  for (const char* name : {"first", "second", "third"}) {
    ASSERT_THAT(Record(*ledger_, Entry(name)), IsOk());
  }

  EXPECT_THAT(Names({}), ElementsAre("third", "second", "first"));
}

TEST_F(LedgerTest, ListsOneModelOnly) {
  for (const char* name : {"a", "b", "a' OR '1'='1"}) {
    ASSERT_THAT(Record(*ledger_, Entry(name)), IsOk());
  }

  EXPECT_THAT(Names({.model_id = "a"}), ElementsAre("a"));
  EXPECT_THAT(Names({.model_id = "a' OR '1'='1"}), ElementsAre("a' OR '1'='1"));
}

TEST_F(LedgerTest, GoesOnWhereAPageEnded) {
  for (const char* name : {"1", "2", "3", "4", "5"}) {
    ASSERT_THAT(Record(*ledger_, Entry(name)), IsOk());
  }

  const auto page = ledger_->List({.count_max = 2});
  ASSERT_THAT(page, IsOk());

  EXPECT_THAT(Names({.before_id = page->back().id, .count_max = 2}),
              ElementsAre("3", "2"));
}

TEST_F(LedgerTest, AddsWhatALoadCameToInTheEnd) {
  const absl::Time end = absl::FromUnixSeconds(1'700'000'123);
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{
                  LoadEvent{1, Entry("demo")},
                  UsageEvent{.load_number = 1, .peak_resident = MiB(99)},
                  UsageEvent{.load_number = 1, .ended_at = end},
                  // Nobody is load 1 any more.
                  UsageEvent{.load_number = 1, .peak_resident = MiB(1)}}),
              IsOk());

  const auto entries = ledger_->List({});

  ASSERT_THAT(entries, IsOk());
  EXPECT_EQ(entries->front().peak_resident, MiB(99));
  EXPECT_EQ(entries->front().ended_at, end);
}

TEST_F(LedgerTest, SummarizesHowFarTermsWereOff) {
  ASSERT_THAT(Record(*ledger_, WithTerm("llama", MiB(110), MiB(100))), IsOk());
  ASSERT_THAT(Record(*ledger_, WithTerm("llama", MiB(80), MiB(100))), IsOk());
  ASSERT_THAT(Record(*ledger_, WithTerm("mamba", MiB(7), MiB(7))), IsOk());

  const auto terms = ledger_->SummarizeAccuracy();

  ASSERT_THAT(terms, IsOk());
  ASSERT_THAT(*terms, SizeIs(2));
  EXPECT_EQ((*terms)[0].architecture, "llama");
  EXPECT_EQ((*terms)[0].term, "weights");
  EXPECT_EQ((*terms)[0].entry_count, 2);
  EXPECT_DOUBLE_EQ((*terms)[0].mean_error_percent, 15);  // Of 10 and 20.
  EXPECT_DOUBLE_EQ((*terms)[0].max_error_percent, 20);
  EXPECT_DOUBLE_EQ((*terms)[1].max_error_percent, 0);
}

TEST_F(LedgerTest, LeavesOutWhatWasNotMeasured) {
  LedgerEntry entry = Entry("a");
  entry.terms = {{"weights", MiB(1), std::nullopt}, {"state", MiB(1), Bytes()}};
  ASSERT_THAT(Record(*ledger_, entry), IsOk());

  EXPECT_THAT(ledger_->SummarizeAccuracy(), IsOkAndHolds(IsEmpty()));
}

// A model on two devices is one load.
TEST_F(LedgerTest, SumsUpTheDevicesOfALoad) {
  LedgerEntry entry = Entry("a");
  entry.terms = {{"weights", MiB(60), MiB(50), "CPU"},
                 {"weights", MiB(50), MiB(50), "CUDA0"}};
  ASSERT_THAT(Record(*ledger_, entry), IsOk());

  const auto terms = ledger_->SummarizeAccuracy();

  ASSERT_THAT(terms, IsOk());
  ASSERT_THAT(*terms, SizeIs(1));
  EXPECT_EQ((*terms)[0].entry_count, 1);
  EXPECT_DOUBLE_EQ((*terms)[0].max_error_percent, 10);
}

// The bound is 20 tokens per second with a full cache and 50.5 with an empty
// one, of 512 tokens; the generation wrote 40 a second, around token 120.
TEST_F(LedgerTest, SumsUpWhatPredictionsCanLearn) {
  GenerationOutcome alone = Outcome();
  alone.was_alone = true;
  alone.draft_tokens = 0;
  GenerationOutcome failed = alone;
  failed.code = absl::StatusCode::kUnavailable;
  GenerationOutcome drafted = alone;
  drafted.draft_tokens = 8;
  ASSERT_THAT(
      ledger_->Write(std::vector<LedgerEvent>{
          LoadEvent{1, Entry("demo")}, Generated(1, "demo", alone),
          Generated(1, "demo", failed), Generated(1, "demo", drafted),
          Generated(1, "demo", Outcome()), Generated(0, "demo", alone)}),
      IsOk());
  const RateClass rate_class = {.model_digest = "0123456789abcdef",
                                .placement = "CPU",
                                .kv_cache_type_k = "q8_0",
                                .kv_cache_type_v = "q4_0",
                                .flash_attention = FlashAttention::kOn};

  const auto measured = ledger_->SummarizeMeasurements(/*core_count=*/2);

  ASSERT_THAT(measured, IsOk());
  const Calibration found = measured->Find(rate_class);
  EXPECT_EQ(found.decode_count, 1);
  const double fill = 120.5 / 512;
  EXPECT_NEAR(found.decode_ratio, 40 * ((1 - fill) / 50.5 + fill / 20), 1e-6);
  EXPECT_EQ(found.overhead_count, 1);
  EXPECT_EQ(found.overhead, MiB(63));  // 70 resident, 7 accounted for.
}

TEST_F(LedgerTest, LearnsNothingFromALoadThatLeftCoresIdle) {
  GenerationOutcome alone = Outcome();
  alone.was_alone = true;
  alone.draft_tokens = 0;
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{
                  LoadEvent{1, Entry("demo")}, Generated(1, "demo", alone)}),
              IsOk());

  const auto measured = ledger_->SummarizeMeasurements(/*core_count=*/3);

  ASSERT_THAT(measured, IsOk());
  EXPECT_EQ(measured
                ->Find({.model_digest = "0123456789abcdef",
                        .placement = "CPU",
                        .kv_cache_type_k = "q8_0",
                        .kv_cache_type_v = "q4_0",
                        .flash_attention = FlashAttention::kOn})
                .decode_count,
            0);
}

}  // namespace
}  // namespace hwledger
