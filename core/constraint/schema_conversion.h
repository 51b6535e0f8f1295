#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/constraint/schema_document.h"
#include "core/constraint/schema_rules.h"

namespace hwledger {

// Writes a schema as rules, schema by schema.
class SchemaConversion {
 public:
  SchemaConversion(const SchemaDocument& document, SchemaRules& rules)
      : document_(document), rules_(rules) {}

  // The body of a rule that derives what the schema accepts.
  // InvalidArgument: SchemaError.
  absl::StatusOr<std::string> Body(const SchemaPlace& place);
  // The name of such a rule. One that several references lead to is written
  // once.
  absl::StatusOr<std::string> Rule(const SchemaPlace& place);

  SchemaRules& rules() { return rules_; }

 private:
  absl::StatusOr<std::string> MergedBody(const SchemaPlace& place);
  absl::StatusOr<std::string> Choice(const SchemaPlace& place,
                                     std::string_view keyword);
  absl::StatusOr<std::string> ValueOfType(const SchemaPlace& place,
                                          std::string_view type);

  const SchemaDocument& document_;
  SchemaRules& rules_;
  int64_t depth_ = 0;
  int64_t schema_count_ = 0;
  std::map<std::string, std::string, std::less<>> rule_of_reference_;
};

// One type each, beside the others that the schema may allow; in these files.

absl::StatusOr<std::string> ObjectBody(SchemaConversion& conversion,
                                       const SchemaPlace& place);
absl::StatusOr<std::string> ArrayBody(SchemaConversion& conversion,
                                      const SchemaPlace& place);
absl::StatusOr<std::string> StringBody(SchemaConversion& conversion,
                                       const SchemaPlace& place);
absl::StatusOr<std::string> NumberBody(const SchemaPlace& place);
absl::StatusOr<std::string> IntegerBody(const SchemaPlace& place);

}  // namespace hwledger
