#pragma once

#include <string>
#include <string_view>

namespace hwledger {

// What another implementation says of a document by a schema of JSON Schema
// 2020-12: empty where it is valid, else what is not. Formats are checked.
std::string SchemaViolation(std::string_view schema, std::string_view document);

}  // namespace hwledger
