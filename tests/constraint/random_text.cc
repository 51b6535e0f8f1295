#include "tests/constraint/random_text.h"

#include <memory>
#include <string_view>
#include <vector>

#include "core/constraint/grammar_match.h"
#include "tests/utf8_encoder.h"

namespace hwledger {
namespace {

// After so many characters; then what ends strings, lists and objects comes
// first.
constexpr int kFreeCharacters = 60;
constexpr int kCharactersMax = 50'000;
constexpr std::string_view kEnds = "\"]}";

size_t Below(size_t count, std::mt19937& random) { return random() % count; }

std::string AnyCharacter(const Grammar& grammar, int32_t state,
                         std::mt19937& random) {
  const Grammar::State& from = grammar.states[static_cast<size_t>(state)];
  auto character = static_cast<char32_t>(from.what);
  if (from.kind == Grammar::State::Kind::kSet) {
    const auto& ranges = grammar.sets[static_cast<size_t>(from.what)].ranges();
    const auto [first, last] = ranges[Below(ranges.size(), random)];
    character =
        first + static_cast<char32_t>(Below(last - first + size_t{1}, random));
  }
  std::string text;
  AppendUtf8(character, text);
  return text;
}

}  // namespace

std::string RandomText(const Grammar& grammar, std::mt19937& random) {
  GrammarMatch match(std::make_shared<const Grammar>(grammar));
  std::string text;
  for (int count = 0; count < kCharactersMax; ++count) {
    const GrammarMatch::Front& front = match.front();
    const bool hurries = count >= kFreeCharacters;
    if (front.complete &&
        (front.places.empty() || hurries || Below(4, random) == 0)) {
      return text;
    }
    std::string next;
    for (const char end : kEnds) {
      const std::string candidate(1, end);
      if (hurries && next.empty() && match.Allows(candidate)) next = candidate;
    }
    if (next.empty()) {
      const auto place = front.places[Below(front.places.size(), random)];
      next = AnyCharacter(grammar, place.state, random);
    }
    if (!match.Accept(next)) return "";
    text += next;
  }
  return "";
}

}  // namespace hwledger
