#include "core/planner/stated_rates.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/planner/device_presets.h"

namespace hwledger {
namespace {

// Words that one of a driver and a maker says and the other does not, of the
// same device. How much memory it has is told otherwise.
constexpr std::string_view kSaysNothing[] = {
    "amd",   "corporation", "geforce", "gpu",   "graphics", "hbm2",
    "hbm2e", "hbm3",        "hbm3e",   "intel", "nvidia",   "radeon",
    "sxm",   "sxm2",        "sxm3",    "sxm4",  "sxm5",     "tesla"};

bool IsLetterOrDigit(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c));
}

bool IsAmountOfMemory(std::string_view word) {
  return absl::EndsWith(word, "gb") && word.front() >= '0' &&
         word.front() <= '9';
}

// What is said in parentheses, a chip's name or (R), tells nothing either.
std::set<std::string> TellingWords(std::string_view description) {
  std::set<std::string> words;
  std::string word;
  const auto end_word = [&] {
    if (!word.empty() && !IsAmountOfMemory(word) &&
        !absl::c_linear_search(kSaysNothing, word)) {
      words.insert(word);
    }
    word.clear();
  };
  int parentheses = 0;
  for (const char c : absl::AsciiStrToLower(description)) {
    if (c == '(') ++parentheses;
    if (parentheses == 0 && IsLetterOrDigit(c)) {
      word += c;
    } else {
      end_word();
    }
    if (c == ')') --parentheses;
  }
  end_word();
  return words;
}

// Drivers keep some for themselves. Integrated GPUs share memory with the host,
// and how much of it they speak of differs.
bool HasAsMuchMemory(const Device& preset, std::optional<Bytes> total) {
  if (preset.unified_memory || !total) return true;
  const Bytes smaller = std::min(*preset.total, *total);
  const Bytes larger = std::max(*preset.total, *total);
  return 10 * (larger - smaller) <= larger;
}

bool HasRatesOf(const Device& a, const Device& b) {
  return a.bandwidth_per_second == b.bandwidth_per_second &&
         a.flops_per_second == b.flops_per_second;
}

}  // namespace

std::optional<Device> FindPresetOfGpu(std::string_view description,
                                      std::optional<Bytes> total) {
  const std::set<std::string> words = TellingWords(description);
  std::optional<Device> found;
  for (const DevicePreset& preset : DevicePresets()) {
    if (TellingWords(preset.device.description) != words ||
        !HasAsMuchMemory(preset.device, total)) {
      continue;
    }
    if (found && !HasRatesOf(*found, preset.device)) return std::nullopt;
    found = preset.device;
  }
  return found;
}

void AddStatedRates(std::vector<Device>& devices) {
  for (Device& device : devices) {
    if (!IsGpu(device) || device.bandwidth_per_second) continue;
    const std::optional<Device> preset =
        FindPresetOfGpu(device.description, device.total);
    if (!preset) continue;
    device.bandwidth_per_second = preset->bandwidth_per_second;
    device.flops_per_second = preset->flops_per_second;
  }
}

}  // namespace hwledger
