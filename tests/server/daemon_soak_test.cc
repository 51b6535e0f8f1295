#include <atomic>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "absl/base/config.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "core/host_memory.h"
#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

constexpr int kCallers = 64;
constexpr int64_t kRequestsDefault = 500;

// What allocators and caches may still take after a fifth of the requests.
// ASan remembers each call stack that ever allocated.
#ifdef ABSL_HAVE_ADDRESS_SANITIZER
constexpr Bytes kGrowthMax = MiB(96);
#else
constexpr Bytes kGrowthMax = MiB(32);
#endif

// How many requests are made: HWLEDGER_SOAK_REQUESTS, for a long soak by hand.
int64_t RequestCount() {
  int64_t count = 0;
  const char* text = std::getenv("HWLEDGER_SOAK_REQUESTS");
  return text != nullptr && absl::SimpleAtoi(text, &count) ? count
                                                           : kRequestsDefault;
}

class DaemonSoakTest : public DaemonTest {
 protected:
  // One short request; one in four is given up after its first event, one in
  // eight after some of its tokens.
  grpc::StatusCode Request(std::mt19937& random) {
    v1::RunInferenceRequest request = Asking("What is a token?");
    request.set_max_tokens(4);
    const auto fate = random() % 8;
    const int events_wanted = fate < 2 ? 1 : fate == 2 ? 5 : 1'000;
    grpc::ClientContext context;
    const auto reader = runner_->RunInference(&context, request);
    v1::RunInferenceResponse event;
    for (int i = 0; i < events_wanted && reader->Read(&event); ++i) {
    }
    if (events_wanted < 1'000) context.TryCancel();
    return Read(*reader).status.error_code();
  }

  void Sample(const char* when, Bytes& daemon, Bytes& runner) {
    daemon = ReadResidentMemory(getpid()).value_or(Bytes());
    runner = ReadResidentMemory(Loaded().at(0).process_id()).value_or(Bytes());
    std::cout << absl::StrFormat(
        "%s: daemon and callers %d MiB, runner %d MiB\n", when,
        daemon.mebibytes(), runner.mebibytes());
  }
};

TEST_F(DaemonSoakTest, ServesACrowdWithFlatMemory) {
  const int64_t request_count = RequestCount();
  Load(/*slot_count=*/8);
  std::atomic<int64_t> next = 0;
  std::vector<std::map<grpc::StatusCode, int64_t>> counts(kCallers);
  const auto run = [&](int64_t until) {
    std::vector<std::thread> callers;
    for (int caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        std::mt19937 random(static_cast<uint32_t>(next + caller));
        while (next++ < until) {
          ++counts[static_cast<size_t>(caller)][Request(random)];
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    next = until;
  };
  Bytes daemon_early;
  Bytes runner_early;
  Bytes daemon_late;
  Bytes runner_late;

  run(request_count / 5);
  Sample("early", daemon_early, runner_early);
  run(request_count);
  Sample("late", daemon_late, runner_late);

  std::map<grpc::StatusCode, int64_t> sum;
  for (const auto& of_caller : counts) {
    for (const auto& [code, count] : of_caller) sum[code] += count;
  }
  for (const auto& [code, count] : sum) {
    std::cout << absl::StrFormat("status %d: %d\n", static_cast<int>(code),
                                 count);
    EXPECT_TRUE(code == grpc::StatusCode::OK ||
                code == grpc::StatusCode::CANCELLED);
  }
  EXPECT_EQ(sum[grpc::StatusCode::OK] + sum[grpc::StatusCode::CANCELLED],
            request_count);
  EXPECT_GE(sum[grpc::StatusCode::OK], request_count / 2);
  EXPECT_LT(daemon_late, daemon_early + kGrowthMax);
  EXPECT_LT(runner_late, runner_early + kGrowthMax);
  EXPECT_EQ(Loaded().at(0).active_requests(), 0);
}

}  // namespace
}  // namespace hwledger
