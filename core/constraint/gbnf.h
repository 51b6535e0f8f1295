#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "core/constraint/character_set.h"

// Parts of grammars in GBNF, as text. Each is one item: what follows it, such
// as "*", belongs to all of it.
namespace hwledger {

// `text`, which is UTF-8.
std::string GbnfLiteral(std::string_view text);
std::string GbnfSet(const CharacterSet& set);
// None: the empty text.
std::string GbnfSequence(absl::Span<const std::string> items);
// At least one.
std::string GbnfChoice(absl::Span<const std::string> items);
// Absent: no limit.
std::string GbnfRepeated(std::string_view item, int64_t times_min,
                         std::optional<int64_t> times_max);

// What a JSON string writes for one character of `set`, which is not empty: for
// most it is the character itself. Control characters that have no short escape
// are left out where `set` has others.
std::string GbnfJsonCharacter(const CharacterSet& set);

}  // namespace hwledger
