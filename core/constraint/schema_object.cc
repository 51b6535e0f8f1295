#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/schema_conversion.h"
#include "core/utf8.h"

namespace hwledger {
namespace {

struct Member {
  std::string rule;  // Key, colon and value.
  bool required = false;
};

struct Members {
  std::vector<Member> named;
  std::string other;  // The rule of one that is not named. Empty: none.
};

using Names = std::set<std::u32string>;

std::u32string Characters(std::string_view text) {
  std::u32string characters;
  while (const auto character = FirstCharacter(text)) {
    characters += character->value;
    text.remove_prefix(character->size);
  }
  return characters;
}

// What keys that are not named consist of: no escapes, or one could be a name
// in disguise.
CharacterSet KeyCharacters() {
  return CharacterSet::Any().Without(
      CharacterSet({{0, 0x1F}, {'"', '"'}, {'\\', '\\'}, {0x7F, 0x7F}}));
}

// The rule of what may follow in a key where `names` are the rests of those
// that it must not become. `any` is the rule of any characters.
std::string OtherKey(SchemaRules& rules, const Names& names,
                     const std::string& any) {
  std::map<char32_t, Names> by_first;
  std::vector<CharacterRange> firsts;
  for (const std::u32string& name : names) {
    if (name.empty()) continue;
    by_first[name[0]].insert(name.substr(1));
    firsts.push_back({name[0], name[0]});
  }
  std::vector<std::string> choices = {GbnfSequence(
      {GbnfSet(KeyCharacters().Without(CharacterSet(firsts))), any})};
  if (!names.contains(U"")) choices.emplace_back("\"\"");
  for (const auto& [first, rests] : by_first) {
    if (!KeyCharacters().Contains(first)) continue;
    choices.push_back(GbnfSequence({GbnfSet(CharacterSet({{first, first}})),
                                    OtherKey(rules, rests, any)}));
  }
  return rules.Add(GbnfChoice(choices));
}

std::string OtherKey(SchemaRules& rules, const Names& names) {
  if (names.empty()) return rules.String();
  const std::string any =
      rules.Add(absl::StrCat(GbnfSet(KeyCharacters()), "*"));
  return rules.Add(
      absl::StrCat("\"\\\"\" ", OtherKey(rules, names, any), " \"\\\"\""));
}

// In the order of `properties`; what only `required` names comes last.
absl::StatusOr<Members> MembersOf(SchemaConversion& conversion,
                                  const SchemaPlace& place) {
  SchemaRules& rules = conversion.rules();
  const SchemaJson* properties = FindKeyword(place.schema, "properties");
  const SchemaJson* required = FindKeyword(place.schema, "required");
  const SchemaJson* additional =
      FindKeyword(place.schema, "additionalProperties");
  const SchemaJson other =
      additional == nullptr ? SchemaJson(true) : *additional;
  const auto is_required = [&](const std::string& name) {
    return required != nullptr && absl::c_linear_search(*required, name);
  };
  const auto rule_of = [&](std::string_view key, const SchemaJson& schema,
                           std::string path) -> absl::StatusOr<std::string> {
    ABSL_ASSIGN_OR_RETURN(
        const std::string value,
        conversion.Rule({.schema = schema, .path = std::move(path)}));
    return rules.Add(absl::StrCat(key, " \":\" ", rules.Space(), " ", value));
  };
  const auto literal = [](const std::string& name) {
    return GbnfLiteral(SchemaJson(name).dump());
  };
  Members members;
  Names names;
  const SchemaJson none = SchemaJson::object();
  for (const auto& [name, schema] :
       (properties == nullptr ? none : *properties).items()) {
    names.insert(Characters(name));
    const std::string path = absl::StrCat(place.path, "/properties/", name);
    if (schema == false && !is_required(name)) continue;
    ABSL_ASSIGN_OR_RETURN(std::string rule,
                          rule_of(literal(name), schema, path));
    members.named.push_back({std::move(rule), is_required(name)});
  }
  for (const SchemaJson& name : required == nullptr ? none : *required) {
    const auto& text = name.get_ref<const std::string&>();
    if (!names.insert(Characters(text)).second) continue;
    ABSL_ASSIGN_OR_RETURN(
        std::string rule,
        rule_of(literal(text), other,
                absl::StrCat(place.path, "/additionalProperties")));
    members.named.push_back({std::move(rule), /*required=*/true});
  }
  const bool is_open =
      additional != nullptr || (properties == nullptr && required == nullptr);
  if (is_open && other != false) {
    ABSL_ASSIGN_OR_RETURN(
        members.other,
        rule_of(OtherKey(rules, names), other,
                absl::StrCat(place.path, "/additionalProperties")));
  }
  return members;
}

}  // namespace

absl::StatusOr<std::string> ObjectBody(SchemaConversion& conversion,
                                       const SchemaPlace& place) {
  ABSL_ASSIGN_OR_RETURN(const Members members, MembersOf(conversion, place));
  SchemaRules& rules = conversion.rules();
  const std::string comma = absl::StrCat("\",\" ", rules.Space(), " ");
  // From the last member to the first: `rest` is what may follow where a member
  // stands before it, `all` where none does.
  std::string rest = "\"\"";
  std::string all = "\"\"";
  if (!members.other.empty()) {
    rest = rules.Add(absl::StrFormat("(%s%s)*", comma, members.other));
    all = rules.Add(absl::StrFormat("(%s %s)?", members.other, rest));
  }
  for (auto member = members.named.rbegin(); member != members.named.rend();
       ++member) {
    const std::string begin = absl::StrCat(member->rule, " ", rest);
    all = rules.Add(member->required ? begin : absl::StrCat(begin, " | ", all));
    const std::string next = absl::StrCat("(", comma, member->rule, ")");
    rest = rules.Add(absl::StrCat(next, member->required ? " " : "? ", rest));
  }
  return absl::StrFormat("\"{\" %s %s %s \"}\"", rules.Space(), all,
                         rules.Space());
}

}  // namespace hwledger
