#include "clients/qt/fake/behaviour.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace hwledger {
namespace {

// How soon what waits sees that its call is over: gRPC wakes nobody for that.
constexpr absl::Duration kGlance = absl::Milliseconds(5);

}  // namespace

void Behaviour::FailNext(const std::string& method,
                         const grpc::Status& status) {
  const absl::MutexLock lock(mutex_);
  failures_[method].push_back(status);
}

void Behaviour::Hold(const std::string& method) {
  const absl::MutexLock lock(mutex_);
  held_.insert(method);
}

void Behaviour::Release(const std::string& method) {
  const absl::MutexLock lock(mutex_);
  held_.erase(method);
}

void Behaviour::SetPace(const Pace& pace) {
  const absl::MutexLock lock(mutex_);
  pace_ = pace;
}

void Behaviour::EndNextGeneration(int64_t after_tokens,
                                  const grpc::Status& status) {
  const absl::MutexLock lock(mutex_);
  early_end_ = {.after_tokens = after_tokens, .status = status};
}

void Behaviour::SetPageSize(int page_size) {
  const absl::MutexLock lock(mutex_);
  page_size_ = page_size;
}

Pace Behaviour::pace() const {
  const absl::MutexLock lock(mutex_);
  return pace_;
}

int Behaviour::page_size() const {
  const absl::MutexLock lock(mutex_);
  return page_size_;
}

int64_t Behaviour::CallCount(const std::string& method) const {
  const absl::MutexLock lock(mutex_);
  const auto found = call_counts_.find(method);
  return found == call_counts_.end() ? 0 : found->second;
}

int64_t Behaviour::cancelled_count() const {
  const absl::MutexLock lock(mutex_);
  return cancelled_count_;
}

grpc::Status Behaviour::Enter(const std::string& method,
                              grpc::ServerContext& context) {
  Count(method);
  while (IsHeld(method)) {
    if (!Sleep(kGlance, context)) return grpc::Status::CANCELLED;
  }
  return TakeFailure(method);
}

void Behaviour::Count(const std::string& method) {
  const absl::MutexLock lock(mutex_);
  ++call_counts_[method];
}

bool Behaviour::IsHeld(const std::string& method) const {
  const absl::MutexLock lock(mutex_);
  return held_.contains(method);
}

grpc::Status Behaviour::TakeFailure(const std::string& method) {
  const absl::MutexLock lock(mutex_);
  std::vector<grpc::Status>& failures = failures_[method];
  if (failures.empty()) return grpc::Status::OK;
  grpc::Status failure = std::move(failures.front());
  failures.erase(failures.begin());
  return failure;
}

std::optional<Behaviour::EarlyEnd> Behaviour::TakeEarlyEnd() {
  const absl::MutexLock lock(mutex_);
  return std::exchange(early_end_, std::nullopt);
}

void Behaviour::CountCancelled() {
  const absl::MutexLock lock(mutex_);
  ++cancelled_count_;
}

bool Behaviour::Sleep(absl::Duration duration, grpc::ServerContext& context) {
  const absl::Time end = absl::Now() + duration;
  while (!context.IsCancelled()) {
    const absl::Duration left = end - absl::Now();
    if (left <= absl::ZeroDuration()) return true;
    absl::SleepFor(std::min(left, kGlance));
  }
  return false;
}

}  // namespace hwledger
