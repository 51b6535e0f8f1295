#pragma once

#include <grpcpp/grpcpp.h>

#include <QCoreApplication>
#include <QPointer>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

// Calls that have one answer. gRPC's threads wait for it; what is done with it
// is done on the thread of the window.
namespace hwledger {

// Runs `then` on the window's thread, unless `receiver` is gone by then.
template <typename Then>
void post(QPointer<QObject> receiver, Then then) {
  QCoreApplication* application = QCoreApplication::instance();
  if (application == nullptr) return;  // The program ends.
  QMetaObject::invokeMethod(
      application,
      [receiver = std::move(receiver), then = std::move(then)]() mutable {
        if (receiver) then();
      },
      Qt::QueuedConnection);
}

// Who asks, and over which connection: an answer is nobody's once one of them
// is gone.
struct Asker {
  QPointer<QObject> object;
  QPointer<QObject> connection;
};

// Asks `stub` by one of its `async_interface`'s methods; `done` gets the status
// and the answer, which is empty where the status is not OK.
template <typename Stub, typename Async, typename Request, typename Response,
          typename Done>
void ask(Asker asker, Stub& stub,
         void (Async::*method)(grpc::ClientContext*, const Request*, Response*,
                               std::function<void(grpc::Status)>),
         Request request, Done done) {
  // Longer than anything takes that is answered at once.
  constexpr std::chrono::seconds timeout(60);
  struct Call {
    grpc::ClientContext context;
    Request request;
    Response response;
    grpc::Status status;
  };
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  call->context.set_deadline(std::chrono::system_clock::now() + timeout);
  auto finished = [call, asker = std::move(asker),
                   done = std::move(done)](grpc::Status status) {
    call->status = std::move(status);
    post(asker.object, [call, connection = asker.connection, done] {
      if (connection) {
        done(std::as_const(call->status), std::as_const(call->response));
      }
    });
  };
  (stub.async()->*method)(&call->context, &call->request, &call->response,
                          std::move(finished));
}

}  // namespace hwledger
