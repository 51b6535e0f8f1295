#pragma once

#include <memory>
#include <string>
#include <vector>

#include "boost/asio/any_io_executor.hpp"
#include "grpcpp/channel.h"
#include "server/http_connection.h"

namespace hwledger {

struct HttpApiOptions {
  // To this process's own server.
  std::shared_ptr<grpc::Channel> channel;
  // Full names of the services that are offered.
  std::vector<std::string> services;
  // Where connections live: a single thread. Nothing may wait on it.
  boost::asio::any_io_executor executor;
  boost::asio::any_io_executor workers;
};

// Every path of the daemon's: the contract's methods, and what operators ask.
HttpRoute MakeHttpApi(const HttpApiOptions& options);

}  // namespace hwledger
