#include "core/generation_stream.h"

#include <utility>
#include <variant>

namespace hwledger {
namespace {

// Progress of loading and of the prompt, a completion: few beside the tokens.
constexpr int64_t kOtherEventsMax = 1024;

// Granting in halves keeps the runner going while a grant is on its way.
constexpr int64_t kGrantTokens = GenerationStream::kCreditTokens / 2;

}  // namespace

GenerationStream::GenerationStream()
    : events_(kCreditTokens + kOtherEventsMax) {}

void GenerationStream::Pop(std::function<void(Delivery)> receive) {
  events_.Pop([this, receive = std::move(receive)](Delivery delivery) {
    CountTaken(delivery);
    receive(std::move(delivery));
  });
}

void GenerationStream::CountTaken(const Delivery& delivery) {
  int64_t tokens = 0;
  for (const GenerationEvent& event : delivery.items) {
    if (const auto* token = std::get_if<Token>(&event)) {
      tokens += token->token_count;
    } else if (const auto* thought = std::get_if<Reasoning>(&event)) {
      tokens += thought->token_count;
    }
  }
  std::function<void(int64_t)> grant;
  {
    MutexLock lock(mutex_);
    taken_tokens_ += tokens;
    if (taken_tokens_ < kGrantTokens || !grant_) return;
    tokens = std::exchange(taken_tokens_, 0);
    grant = grant_;
  }
  grant(tokens);
}

void GenerationStream::Cancel() {
  events_.Cancel();
  std::function<void()> cancel;
  {
    MutexLock lock(mutex_);
    cancelled_ = true;
    cancel = std::exchange(cancel_, nullptr);
  }
  if (cancel) {
    cancel();
  } else {
    // No runner has it, and nobody need wait until one would.
    events_.Close(absl::CancelledError("cancelled by the client"));
  }
}

bool GenerationStream::Attach(std::function<void(int64_t)> grant,
                              std::function<void()> cancel) {
  MutexLock lock(mutex_);
  if (cancelled_) return false;
  grant_ = std::move(grant);
  cancel_ = std::move(cancel);
  return true;
}

bool GenerationStream::Push(GenerationEvent event) {
  return events_.Push(std::move(event));
}

void GenerationStream::Close(absl::Status status) {
  {
    // The runner's side is done with: let go of what the hooks hold.
    MutexLock lock(mutex_);
    grant_ = nullptr;
    cancel_ = nullptr;
  }
  events_.Close(std::move(status));
}

}  // namespace hwledger
