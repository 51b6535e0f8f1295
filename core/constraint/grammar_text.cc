#include "core/constraint/grammar_text.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/utf8.h"

namespace hwledger {
namespace {

// Deeper ones would need as much of the thread's stack.
constexpr int64_t kGroupsDepthMax = 64;
constexpr int64_t kTimesMax = 10'000;

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
}

enum class Newlines { kEnd, kSkip };

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Rule>> Parse() {
    RuleOf("root");
    SkipSpace(Newlines::kSkip);
    while (!AtEnd()) ABSL_RETURN_IF_ERROR(ParseRule());
    for (size_t rule = 0; rule < rules_.size(); ++rule) {
      if (defined_[rule]) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "the rule \"", rules_[rule].name.substr(0, 64), "\" is not defined"));
    }
    return std::move(rules_);
  }

 private:
  bool AtEnd() const { return position_ == text_.size(); }
  // '\0' at the end.
  char Peek() const { return AtEnd() ? '\0' : text_[position_]; }
  bool Take(std::string_view token) {
    if (!text_.substr(position_).starts_with(token)) return false;
    position_ += token.size();
    return true;
  }

  absl::Status Error(std::string_view message) const {
    const std::string_view before = text_.substr(0, position_);
    return absl::InvalidArgumentError(absl::StrFormat(
        "line %d: %s", 1 + std::ranges::count(before, '\n'), message));
  }

  void SkipSpace(Newlines newlines) {
    for (; !AtEnd(); ++position_) {
      const char c = Peek();
      if (c == '#') {
        position_ =
            std::min(text_.find_first_of("\r\n", position_), text_.size());
        if (AtEnd()) return;
      }
      const bool is_newline = Peek() == '\r' || Peek() == '\n';
      if (is_newline ? newlines == Newlines::kEnd : c != ' ' && c != '\t') {
        return;
      }
    }
  }

  std::string_view TakeName() {
    const size_t start = position_;
    while (IsNameCharacter(Peek())) ++position_;
    return text_.substr(start, position_ - start);
  }

  int32_t RuleOf(std::string_view name) {
    const auto [found, is_new] = rule_of_name_.emplace(
        std::string(name), static_cast<int32_t>(rules_.size()));
    if (is_new) {
      rules_.push_back({.name = std::string(name)});
      defined_.push_back(false);
    }
    return found->second;
  }

  absl::Status ParseRule() {
    const std::string_view name = TakeName();
    if (name.empty()) return Error("the name of a rule is missing");
    const auto rule = static_cast<size_t>(RuleOf(name));
    SkipSpace(Newlines::kEnd);
    if (!Take("::=")) return Error("\"::=\" must follow the name of a rule");
    if (defined_[rule]) {
      return Error(absl::StrCat("the rule \"", name.substr(0, 64),
                                "\" is defined twice"));
    }
    SkipSpace(Newlines::kSkip);
    ABSL_ASSIGN_OR_RETURN(Expression body, ParseChoice(Newlines::kEnd));
    rules_[rule].body = std::move(body);
    defined_[rule] = true;
    if (!AtEnd() && Peek() != '\r' && Peek() != '\n') {
      return Error(absl::StrFormat("a rule cannot go on with '%c'", Peek()));
    }
    SkipSpace(Newlines::kSkip);
    return absl::OkStatus();
  }

  absl::StatusOr<Expression> ParseChoice(Newlines newlines) {
    Expression choice = {.kind = Expression::Kind::kChoice};
    do {
      if (!choice.parts.empty()) SkipSpace(Newlines::kSkip);
      ABSL_ASSIGN_OR_RETURN(Expression sequence, ParseSequence(newlines));
      choice.parts.push_back(std::move(sequence));
    } while (Take("|"));
    if (choice.parts.size() > 1) return choice;
    return std::move(choice.parts.front());
  }

  absl::StatusOr<Expression> ParseSequence(Newlines newlines) {
    Expression sequence;
    for (;;) {
      const char c = Peek();
      if (c == '*' || c == '+' || c == '?' || c == '{') {
        if (sequence.parts.empty()) {
          return Error(absl::StrFormat("'%c' must follow an item", c));
        }
        ABSL_RETURN_IF_ERROR(Repeat(sequence.parts.back()));
      } else if (c == '"' || c == '[' || c == '(' || c == '.' ||
                 IsNameCharacter(c)) {
        ABSL_ASSIGN_OR_RETURN(Expression item, ParseItem());
        sequence.parts.push_back(std::move(item));
      } else if (c == '<' || c == '!') {
        return Error("a grammar of tokens (\"<\", \"!\") is not supported");
      } else {
        return sequence;
      }
      SkipSpace(newlines);
    }
  }

  absl::StatusOr<Expression> ParseItem() {
    if (Take("\"")) return ParseLiteral();
    if (Take("[")) return ParseSet();
    if (Take("(")) return ParseGroup();
    if (Take(".")) {
      return Expression{.kind = Expression::Kind::kSet,
                        .set = CharacterSet::Any()};
    }
    return Expression{.kind = Expression::Kind::kReference,
                      .rule = RuleOf(TakeName())};
  }

  absl::StatusOr<Expression> ParseGroup() {
    if (++depth_ > kGroupsDepthMax) {
      return Error(absl::StrFormat("more than %d groups in one another",
                                   kGroupsDepthMax));
    }
    SkipSpace(Newlines::kSkip);
    ABSL_ASSIGN_OR_RETURN(Expression group, ParseChoice(Newlines::kSkip));
    if (!Take(")")) return Error("\")\" is missing");
    --depth_;
    return group;
  }

  absl::StatusOr<Expression> ParseLiteral() {
    Expression literal = {.kind = Expression::Kind::kLiteral};
    while (!Take("\"")) {
      ABSL_ASSIGN_OR_RETURN(const char32_t character, ParseCharacter());
      literal.characters += character;
    }
    return literal;
  }

  absl::StatusOr<Expression> ParseSet() {
    const bool is_negated = Take("^");
    std::vector<CharacterRange> ranges;
    while (!Take("]")) {
      ABSL_ASSIGN_OR_RETURN(const char32_t first, ParseCharacter());
      char32_t last = first;
      if (Peek() == '-' && !text_.substr(position_).starts_with("-]")) {
        Take("-");
        ABSL_ASSIGN_OR_RETURN(last, ParseCharacter());
      }
      if (last < first) return Error("a range of characters is empty");
      ranges.push_back({first, last});
    }
    CharacterSet set(ranges);
    if (is_negated) set = set.Complement();
    if (set.empty()) return Error("a set of characters is empty");
    return Expression{.kind = Expression::Kind::kSet, .set = std::move(set)};
  }

  absl::StatusOr<char32_t> ParseCharacter() {
    if (AtEnd()) return Error("the text ends within a literal or a set");
    if (Take("\\")) return ParseEscape();
    const auto character = FirstCharacter(text_.substr(position_));
    if (!character) return Error("not UTF-8");
    position_ += character->size;
    return character->value;
  }

  absl::StatusOr<char32_t> ParseEscape() {
    const char c = Peek();
    if (!AtEnd()) ++position_;
    switch (c) {
      case 'x':
        return ParseHex(2);
      case 'u':
        return ParseHex(4);
      case 'U':
        return ParseHex(8);
      case 't':
        return U'\t';
      case 'r':
        return U'\r';
      case 'n':
        return U'\n';
      case '\\':
      case '"':
      case '[':
      case ']':
      case '-':
      case '^':
        return static_cast<char32_t>(c);
      default:
        return Error(
            "an escape (\"\\\") is none of \\x \\u \\U \\t \\r \\n "
            "\\\\ \\\" \\[ \\] \\- \\^");
    }
  }

  absl::StatusOr<char32_t> ParseHex(size_t digits) {
    uint32_t value = 0;
    const std::string_view text = text_.substr(position_, digits);
    const bool is_hex = text.size() == digits &&
                        std::ranges::all_of(text, absl::ascii_isxdigit) &&
                        absl::SimpleHexAtoi(text, &value);
    if (!is_hex) {
      return Error(
          absl::StrFormat("an escape needs %d hexadecimal digits", digits));
    }
    position_ += digits;
    const char32_t character = value;
    if (!CharacterSet::Any().Contains(character)) {
      return Error(absl::StrFormat("U+%04X is no character", value));
    }
    return character;
  }

  absl::StatusOr<int64_t> ParseTimes() {
    SkipSpace(Newlines::kSkip);
    const size_t start = position_;
    while (IsDigit(Peek())) ++position_;
    const std::string_view digits = text_.substr(start, position_ - start);
    int64_t times = 0;
    if (!absl::SimpleAtoi(digits, &times) || times > kTimesMax) {
      return Error(absl::StrFormat(
          "how often an item is repeated must be between 0 and %d; got \"%s\"",
          kTimesMax, digits.substr(0, 64)));
    }
    SkipSpace(Newlines::kSkip);
    return times;
  }

  absl::Status Repeat(Expression& item) {
    Expression repetition = {.kind = Expression::Kind::kRepetition};
    if (Take("*")) {
      repetition.times_min = 0;
    } else if (Take("+")) {
      repetition.times_min = 1;
    } else if (Take("?")) {
      repetition.times_max = 1;
    } else {
      Take("{");
      ABSL_ASSIGN_OR_RETURN(repetition.times_min, ParseTimes());
      repetition.times_max = repetition.times_min;
      if (Take(",")) {
        repetition.times_max.reset();
        SkipSpace(Newlines::kSkip);
        if (Peek() != '}') {
          ABSL_ASSIGN_OR_RETURN(repetition.times_max, ParseTimes());
        }
      }
      if (!Take("}")) return Error("\"}\" is missing");
      if (repetition.times_max &&
          *repetition.times_max < repetition.times_min) {
        return Error("an item is repeated at most less often than at least");
      }
    }
    // Repetitions of repetitions lie in one another as groups do.
    if (item.kind == Expression::Kind::kRepetition &&
        ++stacked_repetitions_ > kGroupsDepthMax) {
      return Error("too many repetitions of repetitions");
    }
    repetition.parts.push_back(std::move(item));
    item = std::move(repetition);
    return absl::OkStatus();
  }

  const std::string_view text_;
  size_t position_ = 0;
  int64_t depth_ = 0;
  int64_t stacked_repetitions_ = 0;
  std::vector<Rule> rules_;
  std::vector<bool> defined_;
  std::map<std::string, int32_t, std::less<>> rule_of_name_;
};

}  // namespace

absl::StatusOr<std::vector<Rule>> ParseGrammarText(std::string_view gbnf) {
  if (std::ssize(gbnf) > kGrammarBytesMax) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "it is longer than %d bytes: %d", kGrammarBytesMax, gbnf.size()));
  }
  return Parser(gbnf).Parse();
}

}  // namespace hwledger
