#include "core/constraint/constraint.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/constraint/json_schema.h"
#include "core/field_error.h"

namespace hwledger {

absl::StatusOr<Constraint> AsGrammar(const Constraint& constraint) {
  if (constraint.json_schema) {
    ABSL_ASSIGN_OR_RETURN(
        std::string grammar,
        GrammarOfSchema("json_schema", *constraint.json_schema));
    return Constraint{.grammar = std::move(grammar)};
  }
  ABSL_RETURN_IF_ERROR(GrammarOf(constraint).status());
  return constraint;
}

absl::StatusOr<std::shared_ptr<const Grammar>> GrammarOf(
    const Constraint& constraint) {
  if (constraint.json_schema) {
    ABSL_ASSIGN_OR_RETURN(const Constraint grammar, AsGrammar(constraint));
    return GrammarOf(grammar);
  }
  if (!constraint.grammar) return nullptr;
  absl::StatusOr<Grammar> grammar = ParseGrammar(*constraint.grammar);
  if (!grammar.ok()) {
    return FieldError("grammar",
                      absl::StrCat("is refused: ", grammar.status().message()));
  }
  return std::make_shared<const Grammar>(*std::move(grammar));
}

}  // namespace hwledger
