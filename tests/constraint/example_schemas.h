#pragma once

#include <array>
#include <string_view>

namespace hwledger {

// Schemas that together use all that can be held.
inline constexpr std::array<std::string_view, 44> kExampleSchemas = {
    R"(true)",
    R"({})",
    R"({"type": "null"})",
    R"({"type": "boolean", "title": "yes or no"})",
    R"({"type": ["string", "null"], "maxLength": 3})",
    R"({"type": "string"})",
    R"({"type": "string", "minLength": 2, "maxLength": 5})",
    R"({"minLength": 4})",
    R"({"type": "string", "pattern": "^[a-z]{2,4}-\\d+$"})",
    R"({"type": "string", "pattern": "^(?:a|b\\.c)*x?$|^\\w+$"})",
    R"({"type": "string", "pattern": "^\"[\\\\/]\\s[A-F\\x30]$"})",
    R"({"type": "string", "format": "date"})",
    R"({"type": "string", "format": "time"})",
    R"({"type": "string", "format": "date-time"})",
    R"({"type": "string", "format": "email"})",
    R"({"type": "string", "format": "ipv4"})",
    R"({"type": "string", "format": "ipv6"})",
    R"({"type": "string", "format": "hostname"})",
    R"({"type": "string", "format": "uri"})",
    R"({"type": "string", "format": "uuid"})",
    R"({"type": "integer"})",
    R"({"type": "integer", "minimum": -17, "exclusiveMaximum": 1204})",
    R"({"type": "integer", "minimum": 38.5})",
    R"({"type": "integer", "maximum": -3, "exclusiveMinimum": -5})",
    R"({"type": "number"})",
    R"({"type": "number", "minimum": 0, "maximum": 1})",
    R"({"type": "number", "exclusiveMinimum": -2.25, "maximum": 13.405})",
    R"({"type": "number", "exclusiveMaximum": 0})",
    R"({"exclusiveMinimum": 7, "exclusiveMaximum": 8})",
    R"({"enum": ["a", 1, null, {"b": [true]}, "q\"\\\n\u00e9"]})",
    R"({"const": {"x": 1.5}})",
    R"({"type": "array", "items": {"type": "integer"}})",
    R"({"type": "array", "items": {"type": "boolean"}, "minItems": 2,
        "maxItems": 4})",
    R"({"prefixItems": [{"type": "string"}, {"type": "null"}],
        "items": {"type": "integer"}, "minItems": 1})",
    R"({"prefixItems": [{"type": "null"}, {"type": "boolean"}],
        "items": false, "minItems": 2})",
    R"({"type": "object"})",
    R"({"type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "string"},
                       "c": {"type": "null"}, "d": {"type": "boolean"}},
        "required": ["b", "d"], "additionalProperties": false})",
    R"({"type": "object",
        "properties": {"ab": {"type": "integer"}, "ac": {"type": "integer"}},
        "required": ["ab", "z"],
        "additionalProperties": {"type": "boolean"}})",
    R"({"anyOf": [{"type": "integer"}, {"type": "array", "maxItems": 1,
        "items": {"type": "string", "maxLength": 2}}]})",
    R"({"properties": {"a": {"type": "integer"}}, "required": ["a"],
        "anyOf": [{"properties": {"b": {"type": "null"}}, "required": ["b"]},
                  {"properties": {"a": {"minimum": 5}}}]})",
    R"({"oneOf": [
         {"type": "object", "required": ["kind", "r"], "properties":
           {"kind": {"const": "circle"}, "r": {"type": "number"}}},
         {"type": "object", "required": ["kind"], "properties":
           {"kind": {"enum": ["square"]}, "side": {"type": "number"}}},
         {"type": "string", "maxLength": 1}]})",
    R"({"allOf": [
         {"$ref": "#/$defs/named"},
         {"properties": {"age": {"type": "integer", "minimum": 0}},
          "required": ["age"]},
         {"properties": {"age": {"maximum": 150}}}],
        "$defs": {"named": {"type": "object", "required": ["name"],
          "properties": {"name": {"type": "string", "minLength": 1}}}}})",
    R"({"$ref": "#/$defs/tree",
        "$defs": {"tree": {"type": "object", "required": ["value"],
          "properties": {"value": {"type": "integer"},
                         "left": {"$ref": "#/$defs/tree"},
                         "children": {"type": "array",
                           "items": {"$ref": "#/$defs/tree"}}},
          "additionalProperties": false}}})",
    R"({"type": "object", "properties": {"next": {"anyOf":
         [{"$ref": "#"}, {"type": "null"}]}}, "required": ["next"]})",
};

}  // namespace hwledger
