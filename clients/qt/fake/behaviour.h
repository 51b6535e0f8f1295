#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace hwledger {

// How fast a generation or a load goes.
struct Pace {
  double tokens_per_second = 40;
  int tokens_per_message = 1;
  // How many tokens the answer has; it begins anew where it is over. 0: as many
  // as are written.
  int64_t token_count = 0;
  // Requests before this one.
  int queue_length = 0;
  // Between two events of what comes before the first token.
  absl::Duration step = absl::Milliseconds(20);
  // To think about one prediction.
  absl::Duration prediction = absl::ZeroDuration();
};

// How the fake daemon is to behave, and what it was asked. Any thread may ask;
// methods of the contract go by their names ("EstimateVram").
class Behaviour {
 public:
  // The next call of `method`, or the next question in a stream of them, ends
  // with `status`.
  void FailNext(const std::string& method, const grpc::Status& status);
  // Calls of `method` that come are not answered until they are released.
  void Hold(const std::string& method);
  void Release(const std::string& method);
  void SetPace(const Pace& pace);
  // The next generation ends with `status` after so many tokens.
  void EndNextGeneration(int64_t after_tokens, const grpc::Status& status);
  // The most entries in one page of the ledger.
  void SetPageSize(int page_size);

  Pace pace() const;
  int page_size() const;
  // How often `method` was called; in a stream of questions, how often it
  // asked.
  int64_t CallCount(const std::string& method) const;
  // Generations that their clients gave up.
  int64_t cancelled_count() const;

  // What follows is for the services.

  // Counts a call; waits while it is held; the failure that it is to have.
  grpc::Status Enter(const std::string& method, grpc::ServerContext& context);
  void Count(const std::string& method);
  bool IsHeld(const std::string& method) const;
  grpc::Status TakeFailure(const std::string& method);
  struct EarlyEnd {
    int64_t after_tokens;
    grpc::Status status;
  };
  std::optional<EarlyEnd> TakeEarlyEnd();
  void CountCancelled();

  // False, and sooner: the call is over.
  static bool Sleep(absl::Duration duration, grpc::ServerContext& context);

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::vector<grpc::Status>> failures_
      ABSL_GUARDED_BY(mutex_);
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> call_counts_ ABSL_GUARDED_BY(mutex_);
  std::optional<EarlyEnd> early_end_ ABSL_GUARDED_BY(mutex_);
  Pace pace_ ABSL_GUARDED_BY(mutex_);
  int page_size_ ABSL_GUARDED_BY(mutex_) = 1000;
  int64_t cancelled_count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace hwledger
