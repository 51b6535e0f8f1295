#include "core/ledger/ledger_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "core/host_memory.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A real ledger; what is to be done later is done when the test says so.
class LedgerWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ledger = Ledger::Open(folder_ / "ledger.db");
    ASSERT_THAT(ledger, IsOk());
    ledger_ = *std::move(ledger);
    writer_.emplace(
        *ledger_, LedgerRetention{.count_max = kKept},
        [this](std::function<void()> work) {
          later_.push_back(std::move(work));
        },
        [this] { ++told_; }, [this] { return now_; });
  }
  void CatchUp() {
    while (!later_.empty()) {
      for (const auto& work : std::exchange(later_, {})) work();
    }
  }
  // This process stands for the one that runs the model.
  static RunnerSnapshot Loaded(int64_t load_number) {
    return {.plan = {.load_number = load_number, .model_id = "demo"},
            .state = LoadState::kReady,
            .process_id = getpid()};
  }
  static LoadPlan Plan(int64_t load_number) {
    return {.load_number = load_number, .model_id = "demo"};
  }
  std::vector<GenerationEntry> Generations() {
    const auto entries = ledger_->ListGenerations({.count_max = 10'000});
    EXPECT_THAT(entries, IsOk());
    return *entries;
  }
  LedgerEntry Load() { return ledger_->List({})->front(); }

  static constexpr int64_t kKept = 6000;
  const TemporaryFolder folder_;
  std::unique_ptr<Ledger> ledger_;
  std::vector<std::function<void()>> later_;
  int told_ = 0;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::optional<LedgerWriter> writer_;
};

TEST_F(LedgerWriterTest, WritesAllThatWaitsAtOnceAndElsewhere) {
  writer_->AddLoad(Loaded(1));
  writer_->AddGeneration(Plan(1), {.completion_tokens = 3});
  writer_->AddGeneration(Plan(1), {.completion_tokens = 4});

  EXPECT_THAT(Generations(), IsEmpty());
  EXPECT_THAT(later_, SizeIs(1));
  CatchUp();

  const std::vector<GenerationEntry> generations = Generations();
  ASSERT_THAT(generations, SizeIs(2));
  EXPECT_EQ(generations[0].outcome.completion_tokens, 4);
  EXPECT_EQ(generations[0].load_id, Load().id);
}

TEST_F(LedgerWriterTest, WritesAgainWhatComesAfterwards) {
  writer_->AddGeneration(Plan(0), {});
  CatchUp();

  writer_->AddGeneration(Plan(0), {});
  CatchUp();

  EXPECT_THAT(Generations(), SizeIs(2));
}

TEST_F(LedgerWriterTest, LeavesOutWhatDoesNotFindRoom) {
  for (size_t i = 0; i < LedgerWriter::kWaitingMax + 7; ++i) {
    writer_->AddGeneration(Plan(0), {});
  }
  CatchUp();

  EXPECT_THAT(Generations(), SizeIs(LedgerWriter::kWaitingMax));
}

TEST_F(LedgerWriterTest, KeepsWhatAProcessHadResidentAtMost) {
  writer_->AddLoad(Loaded(1));
  RunnerSnapshot ending = Loaded(1);
  ending.state = LoadState::kUnloading;
  CatchUp();
  const Bytes before = *ReadResidentMemory(getpid());
  const std::string taken(64 << 20, 'x');

  writer_->AddEnd(ending);
  CatchUp();

  EXPECT_GT(Load().peak_resident, before + MiB(60)) << taken.size();
  EXPECT_EQ(Load().ended_at, std::nullopt);
}

// It may be killed before anybody asks it.
TEST_F(LedgerWriterTest, LooksNowAndThenWhatAProcessThatGeneratesHasResident) {
  writer_->AddLoad(Loaded(1));
  CatchUp();
  const Bytes before = *ReadResidentMemory(getpid());
  const std::string taken(64 << 20, 'x');

  writer_->AddGeneration(Plan(1), {});
  CatchUp();

  const std::optional<Bytes> peak = Load().peak_resident;
  EXPECT_GT(peak, before + MiB(60)) << taken.size();

  const std::string more(128 << 20, 'x');
  writer_->AddGeneration(Plan(1), {});
  CatchUp();
  EXPECT_EQ(Load().peak_resident, peak) << more.size();

  now_ += absl::Minutes(1);
  writer_->AddGeneration(Plan(1), {});
  CatchUp();
  EXPECT_GT(Load().peak_resident, *peak + MiB(120));
}

TEST_F(LedgerWriterTest, NotesWhenALoadEnded) {
  writer_->AddLoad(Loaded(1));
  RunnerSnapshot ended = Loaded(1);
  ended.state = LoadState::kEnded;

  writer_->AddEnd(ended);
  CatchUp();

  EXPECT_EQ(Load().ended_at, now_);
}

TEST_F(LedgerWriterTest, PrunesNowAndThen) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 2500; ++i) writer_->AddGeneration(Plan(0), {});
    CatchUp();
  }
  // The first round found nothing to prune yet.
  EXPECT_THAT(Generations(), SizeIs(7500));

  now_ += absl::Hours(1);
  writer_->AddGeneration(Plan(0), {});
  CatchUp();

  EXPECT_THAT(Generations(), SizeIs(kKept));
}

TEST_F(LedgerWriterTest, TellsOnceThatAllThatWaitedWasWritten) {
  writer_->AddGeneration(Plan(0), {});
  writer_->AddGeneration(Plan(0), {});
  EXPECT_EQ(told_, 0);

  CatchUp();

  EXPECT_EQ(told_, 1);
}

TEST_F(LedgerWriterTest, TakesFromSeveralThreads) {
  constexpr int kEach = 500;
  Mutex mutex;
  std::vector<std::thread> working;
  LedgerWriter writer(*ledger_, {}, [&](std::function<void()> work) {
    MutexLock lock(mutex);
    working.emplace_back(std::move(work));
  });
  std::vector<std::thread> runners;
  for (int i = 0; i < 4; ++i) {
    runners.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) writer.AddGeneration(Plan(0), {});
    });
  }
  for (std::thread& runner : runners) runner.join();
  // What works may give more work, before it ends.
  while (true) {
    std::thread next;
    {
      MutexLock lock(mutex);
      if (working.empty()) break;
      next = std::move(working.back());
      working.pop_back();
    }
    next.join();
  }

  EXPECT_THAT(Generations(), SizeIs(4 * kEach));
}

}  // namespace
}  // namespace hwledger
