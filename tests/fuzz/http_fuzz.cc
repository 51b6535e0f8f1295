#include <sys/socket.h>
#include <unistd.h>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "boost/asio/co_spawn.hpp"
#include "boost/asio/io_context.hpp"
#include "core/model/shallow_json.h"
#include "google/protobuf/message.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"
#include "nlohmann/json.hpp"
#include "server/http_connection.h"
#include "server/http_methods.h"
#include "server/ollama_request.h"
#include "server/openai_request.h"
#include "server/rpc_request.h"

namespace {

using hwledger::HttpExchange;

// All that is done with a request before a call is made of it.
void Translate(const hwledger::HttpRequest& request) {
  // Referring to them keeps their descriptions in the program.
  hwledger::v1::EstimateVramRequest::descriptor();
  hwledger::v1::GetModelRequest::descriptor();
  hwledger::v1::RunInferenceRequest::descriptor();
  static const hwledger::HttpMethods methods({"hwledger.v1.Planner",
                                              "hwledger.v1.ModelLibrary",
                                              "hwledger.v1.InferenceRunner"});
  if (const auto* method = methods.Find(request.path)) {
    const auto read = hwledger::ReadRpcRequest(request, *method);
    const auto* asked = std::get_if<hwledger::RpcRequest>(&read);
    if (asked == nullptr) return;
    const auto message = hwledger::NewMessage(*method->input_type());
    const absl::Status decoded =
        hwledger::DecodeMessage(asked->encoding, asked->message, *message);
    assert(
        !decoded.ok() ||
        hwledger::EncodeMessage(hwledger::RpcEncoding::kJson, *message).ok());
    return;
  }
  const auto json = hwledger::ParseShallowJson(request.body);
  if (!json.ok()) return;
  (void)hwledger::FromOpenAiChat(*json).ok();
  (void)hwledger::FromOpenAiCompletion(*json).ok();
  (void)hwledger::FromOpenAiEmbedding(*json).ok();
  (void)hwledger::FromOllamaChat(*json).ok();
  (void)hwledger::FromOllamaGenerate(*json).ok();
  (void)hwledger::FromOllamaEmbed(*json).ok();
  (void)hwledger::FromOllamaEmbeddings(*json).ok();
  (void)hwledger::FromOllamaShow(*json).ok();
}

boost::asio::awaitable<void> Answer(HttpExchange& exchange) {
  Translate(exchange.request());
  co_await exchange.Send({.body = exchange.request().body});
}

}  // namespace

// A client that sends all it has and listens to nothing.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  int ends[2] = {};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 0;
  const ssize_t sent = send(ends[1], data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  (void)sent;
  shutdown(ends[1], SHUT_WR);

  boost::asio::io_context context;
  const hwledger::HttpAccess access;
  const hwledger::HttpLimits limits;
  const hwledger::HttpRoute route = Answer;
  hwledger::HttpConnection connection(
      hwledger::HttpSocket(
          context,
          boost::asio::generic::stream_protocol(AF_UNIX, /*protocol=*/0),
          ends[0]),
      access, limits, route);
  boost::asio::co_spawn(context, connection.Run(), [](std::exception_ptr) {});
  context.run();
  close(ends[1]);
  return 0;
}
