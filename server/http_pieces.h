#pragma once

#include <string>

#include "boost/asio/awaitable.hpp"
#include "server/http_exchange.h"

namespace hwledger {

// An answer in pieces that begins with the first of them, so that what fails
// before it can still be an error of HTTP.
class HttpPieces {
 public:
  HttpPieces(HttpExchange& exchange, HttpResponse head);

  // An empty piece is none. False: the client is gone.
  boost::asio::awaitable<bool> Write(std::string piece);

  bool has_begun() const { return has_begun_; }

 private:
  HttpExchange& exchange_;
  HttpResponse head_;
  bool has_begun_ = false;
};

}  // namespace hwledger
