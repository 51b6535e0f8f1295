#include "core/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/ledger/load_entry.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LedgerEntry Entry(const std::string& model_id) {
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
GenerationOutcome Outcome() {
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

LedgerEvent Generated(int64_t load_number, const std::string& model_id,
                      const GenerationOutcome& outcome = Outcome()) {
  return GeneratedEvent{load_number,
                        {.model_id = model_id, .outcome = outcome}};
}

// One load, and as many generations of it.
constexpr int kGenerationsPerLoad = 3;
std::vector<LedgerEvent> LoadWithGenerations() {
  std::vector<LedgerEvent> events = {LoadEvent{1, Entry("demo")}};
  for (int i = 0; i < kGenerationsPerLoad; ++i) {
    events.push_back(Generated(1, "demo"));
  }
  return events;
}

LedgerEntry WithTerm(std::string architecture, Bytes predicted,
                     Bytes measured) {
  LedgerEntry entry = Entry("a");
  entry.architecture = std::move(architecture);
  entry.terms = {{"weights", predicted, measured}};
  return entry;
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

TEST_F(LedgerTest, KeepsGenerationsWithTheirLoad) {
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

TEST_F(LedgerTest, KeepsWhatAGenerationDidNotComeToAsUnknown) {
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

TEST_F(LedgerTest, ListsGenerationsByModelByLoadAndByPage) {
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

// The second event of the transaction cannot be written.
TEST_F(LedgerTest, WritesAllOrNothing) {
  {
    auto other = Database::Open(path_);
    ASSERT_THAT(other, IsOk());
    ASSERT_THAT(other->Execute("DROP TABLE generation"), IsOk());
  }

  EXPECT_THAT(ledger_->Write(LoadWithGenerations()),
              StatusIs(absl::StatusCode::kUnavailable));

  EXPECT_THAT(Names({}), IsEmpty());
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

TEST_F(LedgerTest, PrunesGenerationsByAgeAndKeepsLoads) {
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

TEST_F(LedgerTest, PrunesByCountALittleAtATime) {
  const std::vector<LedgerEvent> many(1500, Generated(0, "demo"));
  ASSERT_THAT(ledger_->Write(many), IsOk());

  int steps = 1;
  while (*ledger_->Prune({.count_max = 10}, absl::Now())) ++steps;

  EXPECT_EQ(steps, 3);  // Of 512 each.
  EXPECT_THAT(*ledger_->ListGenerations({}), SizeIs(10));
}

TEST_F(LedgerTest, IsReadWhileAnotherProgramWrites) {
  const auto other = Ledger::Open(path_);
  ASSERT_THAT(other, IsOk());

  ASSERT_THAT(Record(**other, Entry("theirs")), IsOk());
  ASSERT_THAT(Record(*ledger_, Entry("ours")), IsOk());

  EXPECT_THAT(Names({}), ElementsAre("ours", "theirs"));
}

TEST_F(LedgerTest, RefusesWhatIsNoLedger) {
  const std::string path = folder_ / "text.db";
  std::ofstream(path) << "not a database, but longer than a header would be, "
                         "so that it is read as one: "
                      << std::string(4096, 'x');

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr(path)));
}

TEST_F(LedgerTest, RefusesTheFormatOfANewerProgram) {
  const std::string path = folder_ / "newer.db";
  {
    auto database = Database::Open(path);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(database->Execute("PRAGMA user_version = 7"), IsOk());
  }

  EXPECT_THAT(Ledger::Open(path),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("newer version"), HasSubstr("7"),
                             HasSubstr(path))));
}

// What version 0.1.0 wrote.
TEST_F(LedgerTest, GoesOnWithTheFileOfAnOlderProgram) {
  const std::string path = folder_ / "older.db";
  {
    auto database = Database::Open(path);
    ASSERT_THAT(database, IsOk());
    ASSERT_THAT(
        database->Execute(
            "CREATE TABLE load(id INTEGER PRIMARY KEY AUTOINCREMENT,"
            " loaded_at INTEGER NOT NULL, model_id TEXT NOT NULL,"
            " architecture TEXT NOT NULL, quantization TEXT NOT NULL,"
            " sequence_length INTEGER NOT NULL, slot_count INTEGER NOT NULL,"
            " is_dry_run INTEGER NOT NULL, load_time INTEGER NOT NULL) STRICT;"
            "CREATE TABLE term(load_id INTEGER NOT NULL"
            " REFERENCES load(id) ON DELETE CASCADE, name TEXT NOT NULL,"
            " predicted INTEGER NOT NULL, measured INTEGER) STRICT;"
            "CREATE INDEX load_by_model ON load(model_id);"
            "CREATE INDEX term_by_load ON term(load_id);"
            "INSERT INTO load VALUES(41, 1700000000000001, 'old', 'llama',"
            " 'F16', 512, 4, 1, 41250);"
            "INSERT INTO term VALUES(41, 'weights', 3145728, 3145728);"
            "PRAGMA user_version = 1"),
        IsOk());
  }

  const auto ledger = Ledger::Open(path);
  ASSERT_THAT(ledger, IsOk());
  ASSERT_THAT((*ledger)->Write(LoadWithGenerations()), IsOk());

  const auto entries = (*ledger)->List({});
  ASSERT_THAT(entries, IsOk());
  ASSERT_THAT(*entries, SizeIs(2));
  const LedgerEntry& old = entries->back();
  EXPECT_EQ(old.id, 41);
  EXPECT_EQ(old.model_id, "old");
  EXPECT_EQ(old.options, std::nullopt);
  EXPECT_EQ(old.peak_resident, std::nullopt);
  EXPECT_THAT(old.terms, ElementsAre(LedgerTerm{"weights", MiB(3), MiB(3)}));
  EXPECT_EQ(entries->front().id, 42);
  EXPECT_THAT((*ledger)->ListGenerations({}),
              IsOkAndHolds(SizeIs(kGenerationsPerLoad)));
}

TEST_F(LedgerTest, SaysWhereItCannotBeMade) {
  EXPECT_THAT(Ledger::Open("/proc/no/ledger.db"),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("/proc/no/ledger.db")));
}

// Entries that are whole, in a row, as many as another process said that it had
// recorded before it was killed, or one more.
TEST_F(LedgerTest, KeepsEveryWholeRecordOfAProcessThatIsKilled) {
  int64_t recorded_before = 0;
  for (int round = 0; round < 8; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t writer = fork();
    if (writer == 0) {
      const auto ledger = Ledger::Open(path_);
      while (ledger.ok() && (*ledger)->Write(LoadWithGenerations()).ok()) {
        if (write(pipe_ends[1], "x", 1) != 1) break;
      }
      _exit(1);
    }
    close(pipe_ends[1]);
    int64_t told = 0;
    // Some more each time: it is at another place of its work.
    char byte = 0;
    while (told < 5 + 3 * round && read(pipe_ends[0], &byte, 1) == 1) ++told;
    kill(writer, SIGKILL);
    while (read(pipe_ends[0], &byte, 1) == 1) ++told;
    close(pipe_ends[0]);
    waitpid(writer, nullptr, 0);

    Open();
    const auto entries = ledger_->List({.count_max = 10'000});
    ASSERT_THAT(entries, IsOk());
    const int64_t recorded = std::ssize(*entries) - recorded_before;
    EXPECT_GE(recorded, told);
    EXPECT_LE(recorded, told + 1);
    for (const LedgerEntry& entry : *entries) {
      EXPECT_EQ(entry.terms, Entry("demo").terms);
      EXPECT_THAT(ledger_->ListGenerations({.load_id = entry.id}),
                  IsOkAndHolds(SizeIs(kGenerationsPerLoad)));
    }
    recorded_before = std::ssize(*entries);
  }
}

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

// Less was predicted than was taken.
TEST(ErrorPercentTest, HasASign) {
  EXPECT_EQ(ErrorPercent(MiB(90), MiB(100)), -10);
  EXPECT_EQ(ErrorPercent(MiB(110), MiB(100)), 10);
  EXPECT_EQ(ErrorPercent(MiB(1), Bytes()), std::nullopt);
}

}  // namespace
}  // namespace hwledger
