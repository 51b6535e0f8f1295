#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "google/protobuf/message.h"
#include "hwledger/v1/library.pb.h"
#include "server/http_rpc.h"

namespace hwledger {

// The models on disk and in memory, for Ollama's API: a few calls of the
// contract to each of its own.
class OllamaLibrary {
 public:
  // The body of an answer.
  using Body = boost::asio::awaitable<absl::StatusOr<std::string>>;

  explicit OllamaLibrary(HttpRpc& rpc);

  Body ListModels();
  Body ListLoaded();

  // The model that a client names, by one of OllamaModelIds.
  boost::asio::awaitable<absl::StatusOr<v1::Model>> Find(
      const std::string& name);

  RpcCall StartLoad(const std::string& model_id,
                    const v1::LoadOptions& options);

  // Gives a loaded model the idle_ttl of `load`, where that has one.
  boost::asio::awaitable<void> Keep(const std::string& model_id,
                                    const v1::LoadOptions& load);

  // At once where the model is idle, else when it has been for a second: what
  // others ask of it is not broken off. OK where it is not loaded.
  boost::asio::awaitable<absl::Status> Unload(const v1::Model& model);

 private:
  boost::asio::awaitable<absl::Status> Ask(
      std::string method, std::unique_ptr<google::protobuf::Message> request,
      google::protobuf::Message& response);

  HttpRpc& rpc_;
};

}  // namespace hwledger
