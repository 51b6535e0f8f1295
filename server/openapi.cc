#include "server/openapi.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

constexpr char kErrorName[] = "connect.error";

json ReferenceTo(const std::string& name) {
  return {{"$ref", absl::StrCat("#/components/schemas/", name)}};
}

// Types that have a JSON form of their own; null for all others.
json WellKnownSchema(const std::string& name) {
  if (name == "google.protobuf.Duration") {
    return {{"type", "string"}, {"examples", {"1.5s"}}};
  }
  if (name == "google.protobuf.Timestamp") {
    return {{"type", "string"}, {"format", "date-time"}};
  }
  if (name == "google.protobuf.Struct") return {{"type", "object"}};
  if (name == "google.protobuf.Value") return json::object();
  return nullptr;
}

json EnumSchema(const EnumDescriptor& type) {
  json values = json::array();
  for (int i = 0; i < type.value_count(); ++i) {
    values.push_back(type.value(i)->name());
  }
  return {{"type", "string"}, {"enum", std::move(values)}};
}

// The schemas of messages, and of those in them, each once.
class Schemas {
 public:
  json Of(const Descriptor& type) {
    json known = WellKnownSchema(type.full_name());
    if (!known.is_null()) return known;
    if (!schemas_.contains(type.full_name())) {
      schemas_[type.full_name()] = nullptr;  // It may hold itself.
      json properties = json::object();
      for (int i = 0; i < type.field_count(); ++i) {
        const FieldDescriptor& field = *type.field(i);
        properties[field.json_name()] = OfField(field);
      }
      schemas_[type.full_name()] = {{"type", "object"},
                                    {"properties", std::move(properties)}};
    }
    return ReferenceTo(type.full_name());
  }

  json Take() { return std::move(schemas_); }

 private:
  json OfField(const FieldDescriptor& field) {
    if (field.is_map()) {
      return {{"type", "object"},
              {"additionalProperties",
               OfValue(*field.message_type()->map_value())}};
    }
    if (!field.is_repeated()) return OfValue(field);
    return {{"type", "array"}, {"items", OfValue(field)}};
  }

  json OfValue(const FieldDescriptor& field) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Of(*field.message_type());
      case FieldDescriptor::CPPTYPE_ENUM:
        return EnumSchema(*field.enum_type());
      case FieldDescriptor::CPPTYPE_BOOL:
        return {{"type", "boolean"}};
      case FieldDescriptor::CPPTYPE_STRING:
        return field.type() == FieldDescriptor::TYPE_BYTES
                   ? json{{"type", "string"}, {"contentEncoding", "base64"}}
                   : json{{"type", "string"}};
      case FieldDescriptor::CPPTYPE_DOUBLE:
      case FieldDescriptor::CPPTYPE_FLOAT:
        return {{"type", "number"}};
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT64:
        // Answers hold strings: a JSON number is a double to many readers.
        return {{"type", {"string", "integer"}}, {"format", "int64"}};
      default:
        return {{"type", "integer"}, {"format", "int32"}};
    }
  }

  json schemas_ = json::object();
};

json ErrorSchema() {
  return json::parse(R"({
    "type": "object",
    "properties": {
      "code": {"type": "string", "examples": ["invalid_argument"]},
      "message": {"type": "string"},
      "details": {"type": "array", "items": {
        "type": "object",
        "properties": {
          "type": {"type": "string"},
          "value": {"type": "string", "contentEncoding": "base64"}}}}}})");
}

json Operation(const MethodDescriptor& method, Schemas& schemas) {
  const char* answer_type =
      method.server_streaming() ? "text/event-stream" : "application/json";
  return {
      {"operationId",
       absl::StrCat(method.service()->name(), "_", method.name())},
      {"tags", {method.service()->name()}},
      {"responses",
       {{"200",
         {{"description", method.output_type()->name()},
          {"content",
           {{answer_type, {{"schema", schemas.Of(*method.output_type())}}}}}}},
        {"default",
         {{"description", "a failure"},
          {"content",
           {{"application/json", {{"schema", ReferenceTo(kErrorName)}}}}}}}}}};
}

json PathOf(const MethodDescriptor& method, Schemas& schemas) {
  const json schema = schemas.Of(*method.input_type());
  json post = Operation(method, schemas);
  post["requestBody"] = {
      {"required", true},
      {"content", {{"application/json", {{"schema", schema}}}}}};
  json path = {{"post", std::move(post)}};
  if (HasNoSideEffects(method)) {
    json get = Operation(method, schemas);
    get["operationId"] =
        absl::StrCat(get["operationId"].get<std::string>(), "_get");
    get["parameters"] = json::array(
        {{{"name", "message"},
          {"in", "query"},
          {"content", {{"application/json", {{"schema", schema}}}}}}});
    path["get"] = std::move(get);
  }
  return path;
}

}  // namespace

json OpenApiDocument(const HttpMethods& methods, const std::string& version) {
  Schemas schemas;
  json paths = json::object();
  for (const auto& [path, method] : methods.by_path()) {
    if (!method->client_streaming()) paths[path] = PathOf(*method, schemas);
  }
  json all = schemas.Take();
  all[kErrorName] = ErrorSchema();
  return {{"openapi", "3.1.0"},
          {"info", {{"title", "hwLedger"}, {"version", version}}},
          {"paths", std::move(paths)},
          {"components", {{"schemas", std::move(all)}}}};
}

}  // namespace hwledger
