#include "tests/constraint/schema_validator.h"

#include <exception>
#include <jsoncons/json.hpp>
#include <jsoncons_ext/jsonschema/jsonschema.hpp>

namespace hwledger {

std::string SchemaViolation(std::string_view schema,
                            std::string_view document) {
  namespace jsonschema = jsoncons::jsonschema;
  try {
    const auto compiled = jsonschema::make_json_schema(
        jsoncons::json::parse(schema),
        jsonschema::evaluation_options().require_format_validation(true));
    std::string violation;
    compiled.validate(jsoncons::json::parse(document),
                      [&](const jsonschema::validation_message& message) {
                        violation += message.instance_location().string() +
                                     ": " + message.message() + "\n";
                        return jsonschema::walk_result::advance;
                      });
    return violation;
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace hwledger
