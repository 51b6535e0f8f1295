#include "clients/cli/json.h"

#include <google/protobuf/util/json_util.h>

#include <cassert>
#include <iostream>
#include <string>

namespace hwledger {

std::string JsonText(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  assert(status.ok());  // Only an unknown Any could fail, and there is none.
  return json;
}

void PrintJson(const google::protobuf::Message& message) {
  std::cout << JsonText(message) << '\n' << std::flush;
}

}  // namespace hwledger
