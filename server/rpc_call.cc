#include "server/rpc_call.h"

#include <utility>

#include "absl/time/clock.h"
#include "boost/asio/any_completion_handler.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "google/protobuf/empty.pb.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using google::protobuf::Message;

}  // namespace

// gRPC's reactions only post to the executor, where everything else happens. A
// hold keeps gRPC from being done while reads may still be started.
class RpcCall::Reactor final : public grpc::ClientBidiReactor<Message, Message>,
                               public std::enable_shared_from_this<Reactor> {
 public:
  Reactor(asio::any_io_executor executor, std::unique_ptr<Message> request)
      : executor_(std::move(executor)), request_(std::move(request)) {}

  void Start(RpcStub& stub, const std::string& path,
             std::optional<absl::Duration> timeout) {
    self_ = shared_from_this();
    if (timeout) {
      context_.set_deadline(absl::ToChronoTime(absl::Now() + *timeout));
    }
    stub.PrepareBidiStreamingCall(&context_, path, {}, this);
    AddHold();
    StartWriteLast(request_.get(), {});
    StartCall();
  }

  void Read(Message& response, asio::any_completion_handler<void(bool)> done) {
    if (is_read_to_end_) {
      asio::post(executor_, [done = std::move(done)]() mutable {
        std::move(done)(false);
      });
      return;
    }
    read_ = std::move(done);
    StartRead(&response);
  }

  void Finish(asio::any_completion_handler<void()> done) {
    finished_ = std::move(done);
    if (status_) asio::post(executor_, std::move(finished_));
  }

  bool is_read_to_end() const { return is_read_to_end_; }
  const grpc::Status& status() const { return *status_; }
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    asio::post(executor_, [self = shared_from_this(), ok] {
      if (!ok) {
        self->is_read_to_end_ = true;
        self->RemoveHold();
      }
      std::exchange(self->read_, {})(ok);
    });
  }
  void OnDone(const grpc::Status& status) override {
    asio::post(executor_, [self = std::move(self_), status] {
      self->status_ = status;
      if (self->finished_) std::exchange(self->finished_, {})();
    });
  }

 private:
  const asio::any_io_executor executor_;
  const std::unique_ptr<Message> request_;
  grpc::ClientContext context_;
  std::shared_ptr<Reactor> self_;  // Until it is done.
  asio::any_completion_handler<void(bool)> read_;
  asio::any_completion_handler<void()> finished_;
  std::optional<grpc::Status> status_;
  bool is_read_to_end_ = false;
};

RpcCall::RpcCall(RpcStub& stub, asio::any_io_executor executor,
                 const std::string& path, std::unique_ptr<Message> request,
                 std::optional<absl::Duration> timeout)
    : reactor_(
          std::make_shared<Reactor>(std::move(executor), std::move(request))) {
  reactor_->Start(stub, path, timeout);
}

asio::awaitable<bool> RpcCall::Read(Message& response) {
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>,
                                          void(bool)>(
      [&](auto done) { reactor_->Read(response, std::move(done)); },
      asio::use_awaitable);
}

asio::awaitable<grpc::Status> RpcCall::Answer(Message& response) {
  co_await Read(response);
  co_return co_await Finish();
}

asio::awaitable<grpc::Status> RpcCall::Finish() {
  if (!reactor_->is_read_to_end()) {
    google::protobuf::Empty ignored;  // Every message can be read as one.
    while (co_await Read(ignored)) {
    }
  }
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
      [&](auto done) { reactor_->Finish(std::move(done)); },
      asio::use_awaitable);
  co_return reactor_->status();
}

void RpcCall::Cancel() const { reactor_->Cancel(); }

}  // namespace hwledger
