#include "core/eviction.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>

namespace hwledger {
namespace {

struct Candidate {
  std::string path;
  std::vector<Bytes> held;  // In the order of what is missing.
  Bytes total;
};

std::vector<Candidate> CandidatesFor(const DeviceMemory& missing,
                                     absl::Span<const RunnerSnapshot> loaded) {
  std::vector<Candidate> candidates;
  for (const RunnerSnapshot& model : loaded) {
    if (!model.idle_since || model.retention.pinned) continue;
    DeviceMemory held = MemoryOf(model.plan.shares);
    Candidate candidate = {.path = model.plan.path};
    for (const auto& [device, bytes] : missing) {
      candidate.held.push_back(held[device]);
      candidate.total += held[device];
    }
    if (candidate.total > Bytes()) candidates.push_back(std::move(candidate));
  }
  // The largest first: it is the likeliest to do alone.
  std::ranges::stable_sort(candidates, std::greater<>(), &Candidate::total);
  return candidates;
}

// Where many models of all sizes are idle, the best set found in so many steps
// is good enough: some milliseconds.
constexpr int64_t kStepsMax = 1'000;

// Looks through the sets of `count` candidates for the one that holds the least
// and frees enough, leaving out what cannot become one.
class Search {
 public:
  Search(std::vector<Candidate> candidates, std::vector<Bytes> missing)
      : candidates_(std::move(candidates)), missing_(std::move(missing)) {}

  std::optional<std::vector<std::string>> SetOf(size_t count) {
    best_.reset();
    steps_left_ = kStepsMax;
    Extend(0, count, missing_, Bytes());
    return best_;
  }

 private:
  // `lacks` is still missing with what is chosen, which holds `total`; `count`
  // more may be chosen, from `first` on.
  void Extend(size_t first, size_t count, const std::vector<Bytes>& lacks,
              Bytes total) {
    if (best_ && total + LeastOf(count) >= best_total_) return;
    if (steps_left_-- <= 0) return;
    if (count == 0) {
      if (!IsNothing(lacks)) return;
      best_ = chosen_;
      best_total_ = total;
      return;
    }
    for (size_t i = first; i + count <= candidates_.size(); ++i) {
      if (!CanFree(i, count, lacks)) continue;
      chosen_.push_back(candidates_[i].path);
      Extend(i + 1, count - 1, After(candidates_[i], lacks),
             total + candidates_[i].total);
      chosen_.pop_back();
    }
  }

  // What any `count` candidates hold at least.
  Bytes LeastOf(size_t count) const {
    Bytes least;
    for (size_t i = candidates_.size() - count; i < candidates_.size(); ++i) {
      least += candidates_[i].total;
    }
    return least;
  }

  static bool IsNothing(const std::vector<Bytes>& lacks) {
    return std::ranges::all_of(lacks,
                               [](Bytes bytes) { return bytes == Bytes(); });
  }

  static std::vector<Bytes> After(const Candidate& freed,
                                  std::vector<Bytes> lacks) {
    for (size_t i = 0; i < lacks.size(); ++i) {
      lacks[i] = lacks[i] - std::min(lacks[i], freed.held[i]);
    }
    return lacks;
  }

  // Whether the `count` from `first` on that hold the most of each could do.
  bool CanFree(size_t first, size_t count, const std::vector<Bytes>& lacks) {
    for (size_t device = 0; device < lacks.size(); ++device) {
      std::vector<Bytes> held;
      for (size_t i = first; i < candidates_.size(); ++i) {
        held.push_back(candidates_[i].held[device]);
      }
      std::ranges::sort(held, std::greater<>());
      Bytes most;
      for (size_t i = 0; i < count; ++i) most += held[i];
      if (most < lacks[device]) return false;
    }
    return true;
  }

  const std::vector<Candidate> candidates_;
  const std::vector<Bytes> missing_;
  std::vector<std::string> chosen_;
  std::optional<std::vector<std::string>> best_;
  Bytes best_total_;
  int64_t steps_left_ = 0;
};

}  // namespace

DeviceMemory MemoryOf(absl::Span<const DevicePlan> shares) {
  DeviceMemory memory;
  for (const DevicePlan& share : shares) {
    const bool has_memory = share.device.kind == DeviceKind::kGpu;
    memory[has_memory ? share.device.name : ""] += share.total();
  }
  return memory;
}

DeviceMemory MissingMemory(absl::Span<const DevicePlan> shares) {
  DeviceMemory missing;
  for (const auto& [name, needed] : MemoryOf(shares)) {
    const auto device =
        std::ranges::find_if(shares, [&gpu = name](const DevicePlan& share) {
          return gpu.empty() ? share.device.kind == DeviceKind::kCpu
                             : share.device.name == gpu;
        });
    if (device == shares.end() || !device->device.free) continue;
    const Bytes free = *device->device.free;
    if (needed > free) missing[name] = needed - free;
  }
  return missing;
}

std::optional<std::vector<std::string>> ChooseEvictions(
    const DeviceMemory& missing, absl::Span<const RunnerSnapshot> loaded) {
  std::vector<Candidate> candidates = CandidatesFor(missing, loaded);
  const size_t count_max = candidates.size();
  std::vector<Bytes> lacks;
  for (const auto& [device, bytes] : missing) lacks.push_back(bytes);
  Search search(std::move(candidates), std::move(lacks));
  for (size_t count = 1; count <= count_max; ++count) {
    if (auto chosen = search.SetOf(count)) return chosen;
  }
  return std::nullopt;
}

}  // namespace hwledger
