#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "core/constraint/schema_keywords.h"

namespace hwledger {

// One schema that accepts what both accept, neither of which has a "$ref" or an
// "allOf" still. InvalidArgument about the schema at `path`: they say what
// cannot be said as one.
absl::StatusOr<SchemaJson> BothSchemas(const SchemaJson& a, const SchemaJson& b,
                                       std::string_view path);

}  // namespace hwledger
