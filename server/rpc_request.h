#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "server/http_message.h"
#include "server/rpc_message.h"

namespace hwledger {

// How the messages of a stream follow one another.
enum class RpcStreamForm {
  kEvents,     // text/event-stream
  kEnvelopes,  // The Connect protocol's
};

// What a request of HTTP asks of a method.
struct RpcRequest {
  RpcEncoding encoding = RpcEncoding::kJson;
  RpcStreamForm form = RpcStreamForm::kEvents;
  std::string message;  // Encoded.
  std::optional<absl::Duration> timeout;
};

// The answer to what asks wrongly instead.
std::variant<RpcRequest, HttpResponse> ReadRpcRequest(
    const HttpRequest& request,
    const google::protobuf::MethodDescriptor& method);

// A message of 5 bytes and more; `is_last`: what EndOfStream says.
std::string Envelope(std::string_view message, bool is_last);

}  // namespace hwledger
