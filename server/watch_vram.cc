#include "server/watch_vram.h"

#include <utility>

#include "boost/asio/post.hpp"
#include "core/newest_request.h"
#include "server/predict.h"
#include "server/status.h"

namespace hwledger {
namespace {

// `requests_` says who begins, goes on and ends, so Finish is called once, and
// nothing of this runs after it but OnDone and the end of the outstanding read.
class WatchVramStream final
    : public grpc::ServerBidiReactor<v1::EstimateVramRequest,
                                     v1::MemoryPrediction> {
 public:
  WatchVramStream(Estimator& estimator, boost::asio::any_io_executor workers)
      : estimator_(estimator), workers_(std::move(workers)) {
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      if (requests_.Close()) Finish(grpc::Status::OK);
      return;
    }
    if (requests_.Put(std::move(incoming_))) AnswerLater();
    incoming_.Clear();
    StartRead(&incoming_);
  }
  void OnWriteDone(bool) override { AnswerLater(); }
  void OnCancel() override {
    if (requests_.Cancel()) Finish(grpc::Status::CANCELLED);
  }
  void OnDone() override { delete this; }

 private:
  void AnswerLater() {
    boost::asio::post(workers_, [this] { Answer(); });
  }

  void Answer() {
    const auto next = requests_.Take();
    if (next.is_end) Finish(grpc::Status::OK);
    if (!next.request) return;
    absl::StatusOr<v1::MemoryPrediction> prediction =
        Predict(*next.request, estimator_);
    if (!prediction.ok()) {
      // Never taken from again, so nobody else is told to end.
      Finish(ToGrpc(prediction.status()));
      return;
    }
    outgoing_ = *std::move(prediction);
    StartWrite(&outgoing_);
  }

  Estimator& estimator_;
  const boost::asio::any_io_executor workers_;
  NewestRequest<v1::EstimateVramRequest> requests_;
  v1::EstimateVramRequest incoming_;
  v1::MemoryPrediction outgoing_;
};

}  // namespace

grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
StartWatchVram(Estimator& estimator, boost::asio::any_io_executor workers) {
  return new WatchVramStream(estimator, std::move(workers));
}

}  // namespace hwledger
