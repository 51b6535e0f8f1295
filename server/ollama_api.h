#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "server/http_exchange.h"
#include "server/http_rpc.h"
#include "server/ollama_library.h"
#include "server/ollama_request.h"
#include "server/ollama_response.h"

namespace hwledger {

// Ollama's API, for the many programs that speak it: what it says under /api/
// of running models and of those that are there; nothing that fetches, changes
// or removes one. Each request is a few calls of the contract; a client that
// goes away cancels the one that runs the model.
class OllamaApi {
 public:
  // Messages that take long to translate are translated on `workers`.
  OllamaApi(HttpRpc& rpc, boost::asio::any_io_executor workers);

  // Whether a path is one of this API's.
  static bool Has(const std::string& path);

  boost::asio::awaitable<void> Serve(HttpExchange& exchange);

 private:
  // What comes whole.
  using Body = boost::asio::awaitable<absl::StatusOr<std::string>>;
  enum class EmbedForm { kEmbed, kEmbeddings };

  Body Show(const HttpExchange& exchange);
  Body Embed(HttpExchange& exchange, EmbedForm form);

  boost::asio::awaitable<void> Generate(HttpExchange& exchange,
                                        OllamaKind kind);
  boost::asio::awaitable<void> SendWhole(HttpExchange& exchange,
                                         const OllamaGeneration& asked,
                                         OllamaAnswer answer);
  boost::asio::awaitable<void> SendLines(HttpExchange& exchange,
                                         const OllamaGeneration& asked,
                                         OllamaAnswer answer);

  // Both end with the client.
  RpcCall StartRun(HttpExchange& exchange,
                   const v1::RunInferenceRequest& request);
  boost::asio::awaitable<absl::Status> Load(HttpExchange& exchange,
                                            const std::string& model_id,
                                            const v1::LoadOptions& options);

  HttpRpc& rpc_;
  OllamaLibrary library_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
