#include "server/http_pieces.h"

#include <utility>

namespace hwledger {

HttpPieces::HttpPieces(HttpExchange& exchange, HttpResponse head)
    : exchange_(exchange), head_(std::move(head)) {}

boost::asio::awaitable<bool> HttpPieces::Write(std::string piece) {
  if (piece.empty()) co_return true;
  if (!std::exchange(has_begun_, true) &&
      !co_await exchange_.Begin(std::move(head_))) {
    co_return false;
  }
  co_return co_await exchange_.Write(std::move(piece));
}

}  // namespace hwledger
