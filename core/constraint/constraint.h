#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/constraint/grammar.h"
#include "core/engine/generation.h"

namespace hwledger {

// The same as a grammar alone. FieldError: json_schema or grammar is refused,
// and why. A schema can take a while.
absl::StatusOr<Constraint> AsGrammar(const Constraint& constraint);

// The grammar of what a text must look like. Null: it may be anything. Errors
// as AsGrammar's.
absl::StatusOr<std::shared_ptr<const Grammar>> GrammarOf(
    const Constraint& constraint);

}  // namespace hwledger
