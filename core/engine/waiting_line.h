#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "core/engine/command_queue.h"

namespace hwledger {

// A generation that waits for a slot.
struct Waiting {
  int64_t generation_id = 0;
  TokenizedStart start;
  int64_t reported_position = -1;
};

// Who waits for a slot, in the order in which they get one: users take turns,
// and each has its oldest first, so that one who asks for much holds nobody up.
// A user who comes anew has the last turn. For one thread.
class WaitingLine {
 public:
  bool empty() const { return users_.empty(); }

  void Add(Waiting waiting);
  // Whose turn it is; the line must not be empty.
  Waiting TakeFirst();
  // False: it does not wait here.
  bool Remove(int64_t generation_id);
  // Null: it does not wait here.
  Waiting* Find(int64_t generation_id);
  // In the order of their turns; `visit` gets the position from 0 on.
  void ForEach(const std::function<void(int64_t position, Waiting&)>& visit);

 private:
  struct User {
    std::string name;
    std::deque<Waiting> waiting;  // Never empty.
  };

  std::deque<User> users_;  // By whose turn it is.
};

}  // namespace hwledger
