#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "core/constraint/character_set.h"

namespace hwledger {

// What a rule of a grammar derives, as it is written.
struct Expression {
  enum class Kind {
    kLiteral,    // `characters`, one after another.
    kSet,        // One of `set`.
    kReference,  // What the rule `rule` derives.
    kSequence,   // The parts, one after another.
    kChoice,     // One of the parts.
    kRepetition  // The only part, `times_min` to `times_max` times.
  };
  Kind kind = Kind::kSequence;
  std::u32string characters;
  CharacterSet set;
  int32_t rule = 0;
  std::vector<Expression> parts;
  int64_t times_min = 0;
  std::optional<int64_t> times_max;  // Absent: no limit.
};

struct Rule {
  std::string name;
  Expression body;
};

// Enough for a schema of hundreds of properties.
inline constexpr int64_t kGrammarBytesMax = 256 << 10;

// Reads GBNF. Every rule that is referred to is defined, and the first one is
// `root`. InvalidArgument: what is wrong, and in which line; also where the
// text is longer, or nested deeper, than any grammar is.
absl::StatusOr<std::vector<Rule>> ParseGrammarText(std::string_view gbnf);

}  // namespace hwledger
