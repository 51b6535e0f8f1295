#pragma once

#include <cstddef>
#include <utility>

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"

namespace hwledger {

// So much of a message takes about a millisecond to translate, for which every
// other connection waits.
inline constexpr size_t kQuickBytesMax = 64 << 10;

// Translates a message of `size` bytes by `work`: on `workers` where that is
// not quick. The coroutine goes on where it was.
template <typename Work>
boost::asio::awaitable<void> AwaitWork(boost::asio::any_io_executor workers,
                                       size_t size, Work work) {
  if (size <= kQuickBytesMax) {
    work();
    co_return;
  }
  const boost::asio::any_io_executor here =
      co_await boost::asio::this_coro::executor;
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                       void()>(
      [&](auto done) {
        boost::asio::post(workers,
                          [work, here, done = std::move(done)]() mutable {
                            work();
                            boost::asio::post(here, std::move(done));
                          });
      },
      boost::asio::use_awaitable);
}

}  // namespace hwledger
