#pragma once

#include "core/constraint/schema_keywords.h"

namespace hwledger {

// Whether no value that is derived from one of them is accepted by the other.
// False where that cannot be seen. Both are merged.
bool AreDisjoint(const SchemaJson& a, const SchemaJson& b);

}  // namespace hwledger
