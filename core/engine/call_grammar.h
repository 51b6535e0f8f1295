#pragma once

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "core/engine/chat.h"
#include "core/engine/output_format.h"

namespace hwledger {

// Gives the rules of a JSON Schema in GBNF; the one to refer to is called
// `name`, and the names of the others begin with it and "-".
using SchemaRulesWriter = absl::FunctionRef<absl::StatusOr<std::string>(
    std::string_view field, std::string_view json_schema,
    std::string_view name)>;

// A grammar in GBNF, with the root `root`: what a model says that thinks, where
// `format` lets it, and then calls at least one of the tools of `chat`, with
// arguments that fit their schema; `tool_name` alone where that is set.
//
// FailedPrecondition: the model marks no calls. Errors of `rules` name the
// field of the schema.
absl::StatusOr<std::string> GrammarOfCalls(const OutputFormat& format,
                                           const Chat& chat,
                                           SchemaRulesWriter rules);

}  // namespace hwledger
