#include "clients/cli/tools_file.h"

#include <google/protobuf/util/json_util.h>

#include <fstream>
#include <iterator>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "clients/cli/json.h"
#include "google/protobuf/struct.pb.h"

namespace hwledger {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

const Value* Find(const Struct& object, const char* key) {
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? nullptr : &found->second;
}

std::string TextOf(const Struct& object, const char* key) {
  const Value* value = Find(object, key);
  return value == nullptr ? "" : value->string_value();
}

}  // namespace

absl::Status ReadTools(const std::string& path, v1::Chat& chat) {
  std::ifstream file(path);
  if (!file) {
    return absl::InvalidArgumentError(absl::StrCat("cannot be read: ", path));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  google::protobuf::ListValue list;
  if (!google::protobuf::util::JsonStringToMessage(text, &list).ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a JSON file with a list of functions: ", path));
  }
  for (const Value& value : list.values()) {
    const Value* inner = Find(value.struct_value(), "function");
    const Struct& function =
        inner == nullptr ? value.struct_value() : inner->struct_value();
    v1::ChatTool& tool = *chat.add_tools();
    tool.set_name(TextOf(function, "name"));
    tool.set_description(TextOf(function, "description"));
    if (const Value* parameters = Find(function, "parameters")) {
      tool.set_parameters_schema(JsonText(*parameters));
    }
  }
  return absl::OkStatus();
}

}  // namespace hwledger
