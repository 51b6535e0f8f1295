#include "server/rpc_message.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace hwledger {
namespace {

using google::protobuf::util::JsonStringToMessage;
using google::protobuf::util::MessageToJsonString;

}  // namespace

absl::Status DecodeMessage(RpcEncoding encoding, std::string_view bytes,
                           google::protobuf::Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (encoding == RpcEncoding::kProto) {
    if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("the body is not a ", type, " in protobuf's encoding"));
  }
  if (bytes.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body must be a ", type, " as JSON; it is empty"));
  }
  const auto parsed =
      JsonStringToMessage({bytes.data(), bytes.size()}, &message);
  if (parsed.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the body is not a ", type, " as JSON: ", std::string(parsed.message())));
}

absl::StatusOr<std::string> EncodeMessage(
    RpcEncoding encoding, const google::protobuf::Message& message) {
  if (encoding == RpcEncoding::kProto) return message.SerializeAsString();
  std::string json;
  const auto printed = MessageToJsonString(message, &json);
  if (printed.ok()) return json;
  return absl::InternalError(
      absl::StrCat("cannot be told as JSON: ", std::string(printed.message())));
}

}  // namespace hwledger
