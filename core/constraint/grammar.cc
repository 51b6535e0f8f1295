#include "core/constraint/grammar.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/constraint/grammar_text.h"

namespace hwledger {
namespace {

using State = Grammar::State;
using Kind = Grammar::State::Kind;

// With its sets some 10 MB.
constexpr int64_t kStatesMax = 1 << 18;

// Turns expressions into states, each from its end to its beginning.
class Compiler {
 public:
  explicit Compiler(const std::vector<Rule>& rules) : rules_(rules) {}

  absl::StatusOr<Grammar> Compile() {
    // A call needs to know where a rule begins before that is compiled: each
    // begins with a split of its own, of which both ways are the same.
    for (size_t rule = 0; rule < rules_.size(); ++rule) {
      Add({.kind = Kind::kSplit});
    }
    for (size_t rule = 0; rule < rules_.size(); ++rule) {
      const int32_t end = Add({.kind = Kind::kEnd});
      const int32_t first = Emit(rules_[rule].body, end);
      grammar_.states[rule].next = first;
      grammar_.states[rule].what = first;
      if (steps_ > kStatesMax) {
        return absl::InvalidArgumentError(absl::StrCat(
            "it is too large: repetitions written out, it has more than ",
            kStatesMax, " items"));
      }
    }
    return std::move(grammar_);
  }

 private:
  int32_t Add(State state) {
    grammar_.states.push_back(state);
    return static_cast<int32_t>(grammar_.states.size()) - 1;
  }

  // The state where `expression` begins, which goes on at `next`. Past the
  // limit anything: the result is thrown away.
  int32_t Emit(const Expression& expression, int32_t next) {
    // Also what is empty takes a step: it may be repeated.
    if (++steps_ > kStatesMax) return next;
    switch (expression.kind) {
      case Expression::Kind::kLiteral:
        for (auto character = expression.characters.rbegin();
             character != expression.characters.rend(); ++character) {
          ++steps_;
          next = Add({.kind = Kind::kCharacter,
                      .what = static_cast<int32_t>(*character),
                      .next = next});
        }
        return next;
      case Expression::Kind::kSet:
        return Add(
            {.kind = Kind::kSet, .what = SetOf(expression.set), .next = next});
      case Expression::Kind::kReference:
        return Add(
            {.kind = Kind::kCall, .what = expression.rule, .next = next});
      case Expression::Kind::kSequence:
        for (auto part = expression.parts.rbegin();
             part != expression.parts.rend(); ++part) {
          next = Emit(*part, next);
        }
        return next;
      case Expression::Kind::kChoice:
        return EmitChoice(expression.parts, next);
      case Expression::Kind::kRepetition:
        return EmitRepetition(expression, next);
    }
    return next;
  }

  int32_t EmitChoice(const std::vector<Expression>& parts, int32_t next) {
    int32_t first = Emit(parts.back(), next);
    for (size_t i = parts.size() - 1; i-- > 0;) {
      const int32_t part = Emit(parts[i], next);
      first = Add({.kind = Kind::kSplit, .what = first, .next = part});
    }
    return first;
  }

  int32_t EmitRepetition(const Expression& repetition, int32_t next) {
    const Expression& part = repetition.parts.front();
    int32_t first = next;
    if (repetition.times_max) {
      const int64_t optional = *repetition.times_max - repetition.times_min;
      for (int64_t i = 0; i < optional && steps_ <= kStatesMax; ++i) {
        const int32_t once = Emit(part, first);
        first = Add({.kind = Kind::kSplit, .what = next, .next = once});
      }
    } else {
      const int32_t loop = Add({.kind = Kind::kSplit, .what = next});
      const int32_t once = Emit(part, loop);
      grammar_.states[static_cast<size_t>(loop)].next = once;
      first = loop;
    }
    for (int64_t i = 0; i < repetition.times_min && steps_ <= kStatesMax; ++i) {
      first = Emit(part, first);
    }
    return first;
  }

  int32_t SetOf(const CharacterSet& set) {
    // Repetitions use the same one again and again.
    if (grammar_.sets.empty() || grammar_.sets.back() != set) {
      grammar_.sets.push_back(set);
    }
    return static_cast<int32_t>(grammar_.sets.size()) - 1;
  }

  const std::vector<Rule>& rules_;
  Grammar grammar_;
  int64_t steps_ = 0;
};

// For each state, whether its rule can come to an end from there.
std::vector<bool> FindEnding(const std::vector<State>& states) {
  std::vector<std::vector<int32_t>> dependents(states.size());
  std::vector<bool> ends(states.size(), false);
  std::vector<int32_t> found;
  const auto mark = [&](size_t state) {
    if (ends[state]) return;
    ends[state] = true;
    found.push_back(static_cast<int32_t>(state));
  };
  for (size_t i = 0; i < states.size(); ++i) {
    const State& state = states[i];
    if (state.kind == Kind::kEnd) {
      mark(i);
      continue;
    }
    dependents[static_cast<size_t>(state.next)].push_back(
        static_cast<int32_t>(i));
    if (state.kind == Kind::kCall || state.kind == Kind::kSplit) {
      dependents[static_cast<size_t>(state.what)].push_back(
          static_cast<int32_t>(i));
    }
  }
  while (!found.empty()) {
    const auto ending = static_cast<size_t>(found.back());
    found.pop_back();
    for (const int32_t dependent : dependents[ending]) {
      const auto i = static_cast<size_t>(dependent);
      const State& state = states[i];
      if (state.kind != Kind::kCall ||
          (ends[static_cast<size_t>(state.what)] &&
           ends[static_cast<size_t>(state.next)])) {
        mark(i);
      }
    }
  }
  return ends;
}

// A text that enters a rule that never ends could not be ended either.
absl::Status ValidateEnds(const Grammar& grammar,
                          const std::vector<Rule>& rules) {
  const std::vector<bool> ends = FindEnding(grammar.states);
  std::vector<bool> seen(grammar.states.size(), false);
  std::vector<int32_t> todo = {grammar.start};
  while (!todo.empty()) {
    const auto i = static_cast<size_t>(todo.back());
    todo.pop_back();
    if (seen[i]) continue;
    seen[i] = true;
    const State& state = grammar.states[i];
    // The states of rules come first.
    if (i < rules.size() && !ends[i]) {
      return absl::InvalidArgumentError(
          absl::StrCat("what the rule \"", rules[i].name.substr(0, 64),
                       "\" derives never ends"));
    }
    if (state.kind == Kind::kEnd) continue;
    todo.push_back(state.next);
    if (state.kind == Kind::kCall || state.kind == Kind::kSplit) {
      todo.push_back(state.what);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Grammar> ParseGrammar(std::string_view gbnf) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Rule> rules, ParseGrammarText(gbnf));
  ABSL_ASSIGN_OR_RETURN(Grammar grammar, Compiler(rules).Compile());
  ABSL_RETURN_IF_ERROR(ValidateEnds(grammar, rules));
  return grammar;
}

}  // namespace hwledger
