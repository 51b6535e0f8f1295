#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "google/protobuf/message.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/status.h"

namespace hwledger {

// Calls any method by its name, with messages of any type.
using RpcStub = grpc::TemplatedGenericStub<google::protobuf::Message,
                                           google::protobuf::Message>;

// One call with one request and any number of responses, for coroutines on an
// executor with a single thread. It ends with Finish or
// Answer, one of which must be awaited.
class RpcCall {
 public:
  // `path`: "/hwledger.v1.Planner/EstimateVram". Waits for nothing.
  RpcCall(RpcStub& stub, boost::asio::any_io_executor executor,
          const std::string& path,
          std::unique_ptr<google::protobuf::Message> request,
          std::optional<absl::Duration> timeout = std::nullopt);

  // The next response; false where there are no more.
  boost::asio::awaitable<bool> Read(google::protobuf::Message& response);

  // The one response of a unary call, and its end.
  boost::asio::awaitable<grpc::Status> Answer(
      google::protobuf::Message& response);

  // Passes over the responses that have not been read.
  boost::asio::awaitable<grpc::Status> Finish();

  // From any thread, also once it has ended.
  void Cancel() const;

 private:
  class Reactor;
  const std::shared_ptr<Reactor> reactor_;
};

}  // namespace hwledger
