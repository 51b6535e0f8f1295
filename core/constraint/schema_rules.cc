#include "core/constraint/schema_rules.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/grammar_text.h"
#include "core/constraint/number_range.h"

namespace hwledger {

std::string SchemaRules::NewName() {
  return absl::StrCat(name_, "-", ++count_);
}

void SchemaRules::Define(std::string_view name, std::string_view body) {
  absl::StrAppend(&text_, name, " ::= ", body, "\n");
}

std::string SchemaRules::Add(std::string_view body) {
  std::string name = NewName();
  Define(name, body);
  return name;
}

std::string SchemaRules::Space() {
  return Once("space", [] { return "(\" \" | \"\\n\" [ \\t]{0,20})?"; });
}

std::string SchemaRules::Character() {
  return Once("character", [] {
    // Half of a surrogate pair, alone, is no character.
    return "[^\"\\\\\\x00-\\x1F\\x7F] | \"\\\\\" ([\"\\\\/bfnrt] | "
           "\"u\" ([0-9a-cefA-CEF] [0-9a-fA-F]{3} | "
           "[dD] [0-7] [0-9a-fA-F]{2}))";
  });
}

std::string SchemaRules::String() {
  return Once("string", [this] {
    return absl::StrCat("\"\\\"\" ", Character(), "* \"\\\"\"");
  });
}

std::string SchemaRules::Value() {
  return Once("value", [this] {
    const std::string value = names_.at("value");
    const std::string space = Space();
    const std::string member =
        Add(absl::StrCat(String(), " \":\" ", space, " ", value));
    const auto list = [&](std::string_view item) {
      return absl::StrFormat("%s (%s (\",\" %s %s)* %s)?", space, item, space,
                             item, space);
    };
    return absl::StrCat("\"{\" ", list(member), " \"}\" | \"[\" ", list(value),
                        " \"]\" | ", String(), " | ", GbnfNumber(),
                        " | \"true\" | \"false\" | \"null\"");
  });
}

absl::Status SchemaRules::Validate() const {
  if (std::ssize(text_) <= kGrammarBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "becomes a grammar of more than %d bytes", kGrammarBytesMax));
}

std::string SchemaRules::Once(std::string_view what,
                              const std::function<std::string()>& body) {
  const auto [found, is_new] =
      names_.emplace(std::string(what), absl::StrCat(name_, "-", what));
  std::string name = found->second;
  if (is_new) Define(name, body());
  return name;
}

}  // namespace hwledger
