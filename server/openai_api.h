#pragma once

#include <random>
#include <string>
#include <string_view>

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "server/http_exchange.h"
#include "server/http_rpc.h"
#include "server/openai_response.h"

namespace hwledger {

// OpenAI's API, for the many programs that speak it: /v1/models,
// /v1/chat/completions, /v1/completions, /v1/embeddings. Each is a call of the
// contract; a client that goes away cancels it.
class OpenAiApi {
 public:
  // Messages that take long to translate are translated on `workers`.
  OpenAiApi(HttpRpc& rpc, boost::asio::any_io_executor workers);

  // Whether a path is one of this API's.
  static bool Has(const std::string& path);

  boost::asio::awaitable<void> Serve(HttpExchange& exchange);

 private:
  boost::asio::awaitable<void> ListModels(HttpExchange& exchange);
  boost::asio::awaitable<void> GetModel(HttpExchange& exchange,
                                        std::string_view model);
  boost::asio::awaitable<void> Generate(HttpExchange& exchange,
                                        OpenAiKind kind);
  boost::asio::awaitable<void> SendWhole(HttpExchange& exchange, RpcCall& call,
                                         OpenAiAnswer answer);
  boost::asio::awaitable<void> SendStream(HttpExchange& exchange, RpcCall& call,
                                          OpenAiAnswer answer, bool has_usage);
  boost::asio::awaitable<void> Embed(HttpExchange& exchange);

  OpenAiAnswer NewAnswer(OpenAiKind kind, const std::string& model);

  HttpRpc& rpc_;
  const boost::asio::any_io_executor workers_;
  std::mt19937_64 random_;  // Answers' ids need only differ.
};

}  // namespace hwledger
