#include "core/constraint/json_schema.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/constraint/grammar.h"
#include "core/constraint/schema_conversion.h"
#include "core/constraint/schema_document.h"
#include "core/constraint/schema_rules.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

constexpr std::string_view kName = "json";

absl::StatusOr<std::string> WriteRules(std::string_view json_schema,
                                       std::string_view name) {
  ABSL_ASSIGN_OR_RETURN(const SchemaDocument document,
                        SchemaDocument::Parse(json_schema));
  SchemaRules rules(name);
  SchemaConversion conversion(document, rules);
  ABSL_ASSIGN_OR_RETURN(const std::string body,
                        conversion.Body({document.root(), "#"}));
  rules.Define(name, body);
  ABSL_RETURN_IF_ERROR(rules.Validate());
  std::string text = rules.Take();
  // As a whole it may be too large still, or demand itself without an end.
  const absl::Status checked =
      ParseGrammar(absl::StrCat("root ::= ", name, "\n", text)).status();
  if (checked.ok()) return text;
  return absl::InvalidArgumentError(absl::StrCat(
      "allows no value that ends, or is too large: ", checked.message()));
}

}  // namespace

absl::StatusOr<std::string> GrammarOfSchema(std::string_view field,
                                            std::string_view json_schema) {
  ABSL_ASSIGN_OR_RETURN(const std::string rules,
                        RulesOfSchema(field, json_schema, kName));
  return absl::StrCat("root ::= ", kName, "\n", rules);
}

absl::StatusOr<std::string> RulesOfSchema(std::string_view field,
                                          std::string_view json_schema,
                                          std::string_view name) {
  absl::StatusOr<std::string> rules = WriteRules(json_schema, name);
  if (!rules.ok()) return FieldError(field, rules.status().message());
  return rules;
}

}  // namespace hwledger
