#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "server/http_exchange.h"
#include "server/rpc_call.h"
#include "server/rpc_request.h"

namespace hwledger {

// Answers requests of HTTP by calls of this process's own gRPC server. One
// response is the Connect protocol's; a stream of them is text/event-stream: a
// "data:" of JSON each, and an event "end" with {} or {"error": …}. A client
// that goes away cancels its call.
class HttpRpc {
 public:
  // Messages that take long to translate are translated on `workers`.
  HttpRpc(std::shared_ptr<grpc::Channel> channel,
          boost::asio::any_io_executor executor,
          boost::asio::any_io_executor workers);

  boost::asio::awaitable<void> Serve(
      HttpExchange& exchange, const google::protobuf::MethodDescriptor& method);

  // For other ways to ask and to answer.
  RpcCall Start(const std::string& path,
                std::unique_ptr<google::protobuf::Message> request,
                std::optional<absl::Duration> timeout = std::nullopt);

 private:
  boost::asio::awaitable<absl::Status> Decode(
      RpcRequest& from, google::protobuf::Message& message);
  boost::asio::awaitable<absl::StatusOr<std::string>> Encode(
      RpcEncoding encoding, const google::protobuf::Message& message);
  boost::asio::awaitable<void> ServeUnary(HttpExchange& exchange,
                                          RpcEncoding encoding, RpcCall& call,
                                          google::protobuf::Message& response);
  boost::asio::awaitable<void> ServeStream(HttpExchange& exchange,
                                           const RpcRequest& asked,
                                           RpcCall& call,
                                           google::protobuf::Message& response);

  RpcStub stub_;
  const boost::asio::any_io_executor executor_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
