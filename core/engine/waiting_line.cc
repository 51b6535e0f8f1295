#include "core/engine/waiting_line.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/algorithm/container.h"

namespace hwledger {

void WaitingLine::Add(Waiting waiting) {
  const std::string& name = waiting.start.start.generation.user;
  auto user = absl::c_find_if(
      users_, [&](const User& other) { return other.name == name; });
  if (user == users_.end()) user = users_.insert(user, {.name = name});
  user->waiting.push_back(std::move(waiting));
}

Waiting WaitingLine::TakeFirst() {
  assert(!empty());
  User user = std::move(users_.front());
  users_.pop_front();
  Waiting first = std::move(user.waiting.front());
  user.waiting.pop_front();
  if (!user.waiting.empty()) users_.push_back(std::move(user));
  return first;
}

bool WaitingLine::Remove(int64_t generation_id) {
  for (auto user = users_.begin(); user != users_.end(); ++user) {
    const size_t removed =
        std::erase_if(user->waiting, [&](const Waiting& waiting) {
          return waiting.generation_id == generation_id;
        });
    if (removed == 0) continue;
    if (user->waiting.empty()) users_.erase(user);
    return true;
  }
  return false;
}

Waiting* WaitingLine::Find(int64_t generation_id) {
  for (User& user : users_) {
    for (Waiting& waiting : user.waiting) {
      if (waiting.generation_id == generation_id) return &waiting;
    }
  }
  return nullptr;
}

void WaitingLine::ForEach(const std::function<void(int64_t, Waiting&)>& visit) {
  size_t rounds = 0;
  for (const User& user : users_) {
    rounds = std::max(rounds, user.waiting.size());
  }
  int64_t position = 0;
  for (size_t round = 0; round < rounds; ++round) {
    for (User& user : users_) {
      if (round < user.waiting.size()) visit(position++, user.waiting[round]);
    }
  }
}

}  // namespace hwledger
