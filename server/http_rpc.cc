#include "server/http_rpc.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/await_work.h"
#include "server/connect_protocol.h"
#include "server/http_methods.h"
#include "server/status.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

std::string Piece(RpcStreamForm form, const std::string& message) {
  return form == RpcStreamForm::kEvents
             ? absl::StrCat("data: ", message, "\n\n")
             : Envelope(message, /*is_last=*/false);
}

std::string LastPiece(RpcStreamForm form, const grpc::Status& status) {
  const std::string end = ToText(EndOfStream(status));
  return form == RpcStreamForm::kEvents
             ? absl::StrCat("event: end\ndata: ", end, "\n\n")
             : Envelope(end, /*is_last=*/true);
}

HttpResponse StreamHead(const RpcRequest& asked) {
  if (asked.form == RpcStreamForm::kEvents) {
    return {.content_type = "text/event-stream",
            .headers = {{"Cache-Control", "no-cache"}}};
  }
  return {.content_type = asked.encoding == RpcEncoding::kJson
                              ? "application/connect+json"
                              : "application/connect+proto"};
}

}  // namespace

HttpRpc::HttpRpc(std::shared_ptr<grpc::Channel> channel,
                 asio::any_io_executor executor, asio::any_io_executor workers)
    : stub_(std::move(channel)),
      executor_(std::move(executor)),
      workers_(std::move(workers)) {}

RpcCall HttpRpc::Start(const std::string& path,
                       std::unique_ptr<Message> request,
                       std::optional<absl::Duration> timeout) {
  return RpcCall(stub_, executor_, path, std::move(request), timeout);
}

asio::awaitable<absl::Status> HttpRpc::Decode(RpcRequest& from,
                                              Message& message) {
  absl::Status status;
  co_await AwaitWork(workers_, from.message.size(), [&] {
    status = DecodeMessage(from.encoding, from.message, message);
  });
  co_return status;
}

asio::awaitable<absl::StatusOr<std::string>> HttpRpc::Encode(
    RpcEncoding encoding, const Message& message) {
  absl::StatusOr<std::string> bytes;
  co_await AwaitWork(workers_, message.ByteSizeLong(),
                     [&] { bytes = EncodeMessage(encoding, message); });
  co_return bytes;
}

asio::awaitable<void> HttpRpc::Serve(HttpExchange& exchange,
                                     const MethodDescriptor& method) {
  auto read = ReadRpcRequest(exchange.request(), method);
  if (auto* refusal = std::get_if<HttpResponse>(&read)) {
    co_return co_await exchange.Send(std::move(*refusal));
  }
  RpcRequest& asked = std::get<RpcRequest>(read);
  std::unique_ptr<Message> request = NewMessage(*method.input_type());
  const absl::Status decoded = co_await Decode(asked, *request);
  if (!decoded.ok()) {
    co_return co_await exchange.Send(ErrorResponse(ToGrpc(decoded)));
  }
  RpcCall call =
      Start(exchange.request().path, std::move(request), asked.timeout);
  exchange.OnDisconnect([call] { call.Cancel(); });
  const std::unique_ptr<Message> response = NewMessage(*method.output_type());
  if (method.server_streaming()) {
    co_await ServeStream(exchange, asked, call, *response);
  } else {
    co_await ServeUnary(exchange, asked.encoding, call, *response);
  }
}

asio::awaitable<void> HttpRpc::ServeUnary(HttpExchange& exchange,
                                          RpcEncoding encoding, RpcCall& call,
                                          Message& response) {
  const grpc::Status status = co_await call.Answer(response);
  if (!status.ok()) co_return co_await exchange.Send(ErrorResponse(status));
  absl::StatusOr<std::string> body = co_await Encode(encoding, response);
  if (!body.ok()) {
    co_return co_await exchange.Send(ErrorResponse(ToGrpc(body.status())));
  }
  co_await exchange.Send({.content_type = encoding == RpcEncoding::kJson
                                              ? "application/json"
                                              : "application/proto",
                          .body = *std::move(body)});
}

// What fails before its first event is an error of HTTP too, where the form
// allows that.
asio::awaitable<void> HttpRpc::ServeStream(HttpExchange& exchange,
                                           const RpcRequest& asked,
                                           RpcCall& call, Message& response) {
  bool has_response = co_await call.Read(response);
  if (!has_response && asked.form == RpcStreamForm::kEvents) {
    const grpc::Status status = co_await call.Finish();
    if (!status.ok()) co_return co_await exchange.Send(ErrorResponse(status));
  }
  bool is_heard = co_await exchange.Begin(StreamHead(asked));
  while (has_response && is_heard) {
    absl::StatusOr<std::string> message =
        co_await Encode(asked.encoding, response);
    is_heard =
        message.ok() && co_await exchange.Write(Piece(asked.form, *message));
    if (is_heard) has_response = co_await call.Read(response);
  }
  if (!is_heard) call.Cancel();
  const grpc::Status status = co_await call.Finish();
  if (is_heard && co_await exchange.Write(LastPiece(asked.form, status))) {
    co_await exchange.End();
  }
}

}  // namespace hwledger
