#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace hwledger {

enum class RpcEncoding { kJson, kProto };

// InvalidArgument: says what is wrong and where. A field of JSON that the
// message does not have is an error.
absl::Status DecodeMessage(RpcEncoding encoding, std::string_view bytes,
                           google::protobuf::Message& message);

absl::StatusOr<std::string> EncodeMessage(
    RpcEncoding encoding, const google::protobuf::Message& message);

}  // namespace hwledger
