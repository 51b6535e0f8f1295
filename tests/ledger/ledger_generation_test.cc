#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "absl/time/clock.h"
#include "tests/ledger/ledger_fixture.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using LedgerGenerationTest = LedgerTest;

TEST_F(LedgerGenerationTest, KeepsGenerationsWithTheirLoad) {
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{
                  LoadEvent{5, Entry("other")}, LoadEvent{6, Entry("demo")}}),
              IsOk());
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{Generated(6, "demo"),
                                                      Generated(4, "gone")}),
              IsOk());
  Open();

  const auto generations = ledger_->ListGenerations({});

  ASSERT_THAT(generations, IsOk());
  ASSERT_THAT(*generations, SizeIs(2));
  EXPECT_EQ((*generations)[0].model_id, "gone");
  EXPECT_EQ((*generations)[0].load_id, std::nullopt);
  EXPECT_EQ((*generations)[1].model_id, "demo");
  EXPECT_EQ((*generations)[1].load_id, ledger_->List({})->front().id);
  EXPECT_EQ((*generations)[1].outcome, Outcome());
}

TEST_F(LedgerGenerationTest, KeepsWhatAGenerationDidNotComeToAsUnknown) {
  const GenerationOutcome refused = {
      .arrived_at = absl::FromUnixSeconds(1'700'000'000),
      .code = absl::StatusCode::kResourceExhausted};
  ASSERT_THAT(
      ledger_->Write(std::vector<LedgerEvent>{Generated(0, "demo", refused)}),
      IsOk());

  const auto generations = ledger_->ListGenerations({});

  ASSERT_THAT(generations, IsOk());
  EXPECT_EQ(generations->front().outcome, refused);
}

TEST_F(LedgerGenerationTest, ListsGenerationsByModelByLoadAndByPage) {
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{
                  LoadEvent{1, Entry("a")}, LoadEvent{2, Entry("b")},
                  Generated(1, "a"), Generated(2, "b"), Generated(1, "a")}),
              IsOk());
  const auto ids = [&](const GenerationQuery& query) {
    std::vector<int64_t> found;
    const auto entries = ledger_->ListGenerations(query);
    EXPECT_THAT(entries, IsOk());
    for (const GenerationEntry& entry : *entries) found.push_back(entry.id);
    return found;
  };

  EXPECT_THAT(ids({}), ElementsAre(3, 2, 1));
  EXPECT_THAT(ids({.model_id = "a"}), ElementsAre(3, 1));
  EXPECT_THAT(ids({.load_id = 2}), ElementsAre(2));
  EXPECT_THAT(ids({.before_id = 3, .count_max = 1}), ElementsAre(2));
}

TEST_F(LedgerGenerationTest, PrunesGenerationsByAgeAndKeepsLoads) {
  GenerationOutcome old = Outcome();
  old.arrived_at -= absl::Hours(25);
  ASSERT_THAT(ledger_->Write(std::vector<LedgerEvent>{
                  LoadEvent{1, Entry("demo")}, Generated(1, "old", old),
                  Generated(1, "young")}),
              IsOk());

  EXPECT_THAT(
      ledger_->Prune({.age_max = absl::Hours(24)}, Outcome().arrived_at),
      IsOkAndHolds(false));

  const auto kept = ledger_->ListGenerations({});
  ASSERT_THAT(kept, IsOk());
  ASSERT_THAT(*kept, SizeIs(1));
  EXPECT_EQ(kept->front().model_id, "young");
  EXPECT_THAT(Names({}), ElementsAre("demo"));
}

TEST_F(LedgerGenerationTest, PrunesByCountALittleAtATime) {
  const std::vector<LedgerEvent> many(1500, Generated(0, "demo"));
  ASSERT_THAT(ledger_->Write(many), IsOk());

  int steps = 1;
  while (*ledger_->Prune({.count_max = 10}, absl::Now())) ++steps;

  EXPECT_EQ(steps, 3);  // Of 512 each.
  EXPECT_THAT(*ledger_->ListGenerations({}), SizeIs(10));
}

}  // namespace
}  // namespace hwledger
