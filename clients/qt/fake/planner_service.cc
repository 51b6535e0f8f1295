#include "clients/qt/fake/planner_service.h"

#include <grpcpp/alarm.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/qt/fake/refusal.h"

namespace hwledger {
namespace {

// How soon a question that is held sees that it is released.
constexpr absl::Duration kGlance = absl::Milliseconds(5);

}  // namespace

// One client's slider. gRPC calls one reaction at a time or several at once, so
// all of it is under the mutex. Deletes itself at the end.
class FakePlannerService::Watch final
    : public grpc::ServerBidiReactor<v1::EstimateVramRequest,
                                     v1::MemoryPrediction> {
 public:
  explicit Watch(FakePlannerService& planner) : planner_(planner) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    const absl::MutexLock lock(mutex_);
    if (ok) {
      planner_.behaviour_.Count("WatchVram");
      newest_ = request_;
      StartRead(&request_);
    } else {
      half_closed_ = true;
    }
    if (!busy_) GoOn();
  }

  void OnWriteDone(bool ok) override {
    const absl::MutexLock lock(mutex_);
    if (!ok) half_closed_ = true;
    busy_ = false;
    GoOn();
  }

  void OnDone() override {
    // Who ended it may still hold the mutex.
    {
      const absl::MutexLock lock(mutex_);
    }
    delete this;
  }

 private:
  void GoOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (finished_) return;
    if (newest_) {
      busy_ = true;
      question_ = *std::exchange(newest_, std::nullopt);
      Think(std::max(planner_.behaviour_.pace().prediction, kGlance / 100));
    } else if (half_closed_) {
      End(grpc::Status::OK);
    }
  }

  void Think(absl::Duration time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    alarm_.emplace();
    alarm_->Set(absl::ToChronoTime(absl::Now() + time),
                [this](bool /*ok*/) { Answer(); });
  }

  void Answer() {
    const absl::MutexLock lock(mutex_);
    if (half_closed_ && planner_.behaviour_.IsHeld("WatchVram")) {
      return End(grpc::Status::OK);
    }
    if (planner_.behaviour_.IsHeld("WatchVram")) return Think(kGlance);
    grpc::Status status = planner_.behaviour_.TakeFailure("WatchVram");
    if (status.ok()) status = planner_.Predict(question_, &prediction_);
    if (!status.ok()) return End(status);
    StartWrite(&prediction_);
  }

  void End(const grpc::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    finished_ = true;
    Finish(status);
  }

  FakePlannerService& planner_;
  absl::Mutex mutex_;
  v1::EstimateVramRequest request_;
  v1::EstimateVramRequest question_ ABSL_GUARDED_BY(mutex_);
  std::optional<v1::EstimateVramRequest> newest_ ABSL_GUARDED_BY(mutex_);
  v1::MemoryPrediction prediction_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Alarm> alarm_ ABSL_GUARDED_BY(mutex_);
  bool busy_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

grpc::Status FakePlannerService::EstimateVram(
    grpc::ServerContext* context, const v1::EstimateVramRequest* request,
    v1::MemoryPrediction* response) {
  const grpc::Status entered = behaviour_.Enter("EstimateVram", *context);
  if (!entered.ok()) return entered;
  return Predict(*request, response);
}

grpc::ServerBidiReactor<v1::EstimateVramRequest, v1::MemoryPrediction>*
FakePlannerService::WatchVram(grpc::CallbackServerContext* /*context*/) {
  return new Watch(*this);
}

grpc::Status FakePlannerService::Predict(const v1::EstimateVramRequest& request,
                                         v1::MemoryPrediction* response) const {
  if (request.sequence_length() < 1) {
    return FieldRefusal(
        "sequence_length",
        absl::StrCat("must be positive; got ", request.sequence_length()));
  }
  if (request.batch_size() < 0 || request.batch_size() > 256) {
    return FieldRefusal(
        "batch_size",
        absl::StrCat("must be from 0 to 256; got ", request.batch_size()));
  }
  const v1::MemoryPrediction* nearest = script_.NearestPrediction(request);
  if (nearest == nullptr) return NoSuchModel(request.model_id());
  *response = *nearest;
  response->set_tag(request.tag());
  if (!request.include_layers()) response->clear_layers();
  return grpc::Status::OK;
}

}  // namespace hwledger
