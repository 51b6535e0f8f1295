#include "core/closest_names.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace hwledger {
namespace {

constexpr size_t kNamesMax = 3;
// Of a longer one, only the start is compared.
constexpr size_t kCharactersMax = 100;

// What of a name people remember: "llama3" is how they write "llama-3".
std::string Simplified(std::string_view name) {
  std::string simple;
  for (const char c : absl::AsciiStrToLower(name)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_ispunct(byte) && !absl::ascii_isspace(byte)) simple += c;
  }
  return simple;
}

// The fewest characters to insert, drop or replace (Levenshtein).
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> ClosestNames(std::string_view name,
                                      const std::vector<std::string>& names) {
  const std::string wanted =
      absl::AsciiStrToLower(name.substr(0, kCharactersMax));
  const std::string part = Simplified(wanted);
  if (part.empty()) return {};
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const std::string& known : names) {
    const std::string simple = Simplified(known);
    const size_t distance = EditDistance(wanted, absl::AsciiStrToLower(known));
    // Its beginning, else a part of it. More than half wrong is another name.
    if (simple.starts_with(part)) {
      ranked.emplace_back(0, known);
    } else if (simple.find(part) != simple.npos) {
      ranked.emplace_back(1, known);
    } else if (2 * distance <= wanted.size()) {
      ranked.emplace_back(1 + distance, known);
    }
  }
  std::ranges::stable_sort(ranked, {}, [](const auto& r) { return r.first; });
  std::vector<std::string> closest;
  for (auto& [distance, known] : ranked) {
    if (closest.size() == kNamesMax) break;
    closest.push_back(std::move(known));
  }
  return closest;
}

std::string DidYouMean(std::string_view name,
                       const std::vector<std::string>& names) {
  const std::vector<std::string> closest = ClosestNames(name, names);
  if (closest.empty()) return "";
  return absl::StrCat("; did you mean '", absl::StrJoin(closest, "' or '"),
                      "'?");
}

}  // namespace hwledger
