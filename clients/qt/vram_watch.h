#pragma once

#include <functional>
#include <memory>

#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

// Asks for predictions while a slider moves. The newest question wins: one that
// is still waiting when another comes is never sent. Dropping the watch ends
// it.
class VramWatch {
 public:
  // Of questions in the order in which they were asked; some are skipped.
  using Answered = std::function<void(const v1::MemoryPrediction&)>;
  // The daemon refused the last question, or is gone; a new watch is needed.
  using Ended = std::function<void(const grpc::Status&)>;

  // Calls both on the window's thread; they may drop the watch.
  VramWatch(v1::Planner::Stub& planner, Answered answered, Ended ended);
  ~VramWatch();

  void ask(const v1::EstimateVramRequest& question);

 private:
  struct Inbox;
  class Call;

  std::shared_ptr<Inbox> m_inbox;
  std::shared_ptr<Call> m_call;
};

}  // namespace hwledger
