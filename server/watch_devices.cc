#include "server/watch_devices.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "boost/asio/post.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "core/field_error.h"
#include "core/host_load.h"
#include "server/inference_convert.h"
#include "server/library_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

using Strand = boost::asio::strand<boost::asio::any_io_executor>;
using std::chrono::steady_clock;

constexpr int32_t kDefaultIntervalMs = 1000;
constexpr int32_t kIntervalMsMin = 100;
constexpr int32_t kIntervalMsMax = 60'000;

absl::Status Stopping() {
  return absl::UnavailableError("the daemon is stopping");
}

}  // namespace

// What all streams share; touched on the strand alone.
struct DeviceWatch::Shared {
  Shared(Hardware& watched, const boost::asio::any_io_executor& workers)
      : hardware(watched), strand(boost::asio::make_strand(workers)) {}

  Hardware& hardware;
  Strand strand;
  std::set<std::shared_ptr<Stream>> streams;
  bool is_stopped = false;
};

// A reaction only posts to the strand, where everything happens: one write at a
// time, Finish once, and nothing of gRPC's after it.
class DeviceWatch::Stream final
    : public grpc::ServerWriteReactor<v1::WatchDevicesResponse>,
      public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<Shared> shared, std::chrono::milliseconds interval)
      : shared_(std::move(shared)),
        interval_(interval),
        timer_(shared_->strand) {}

  void Start() {
    OnStrand([](Stream& self) {
      if (self.shared_->is_stopped) return self.End(Stopping());
      self.shared_->streams.insert(self.shared_from_this());
      self.due_at_ = steady_clock::now();
      self.Send();
    });
  }
  void Refuse(absl::Status status) {
    OnStrand([status = std::move(status)](Stream& self) { self.End(status); });
  }

  void OnWriteDone(bool ok) override {
    OnStrand([ok](Stream& self) {
      self.is_writing_ = false;
      if (self.end_) return self.FinishOnce();
      if (!ok) return self.End(absl::CancelledError(""));
      self.Wait();
    });
  }
  void OnCancel() override {
    OnStrand([](Stream& self) { self.End(absl::CancelledError("")); });
  }
  void OnDone() override {
    OnStrand([](Stream& self) { self.self_ = nullptr; });
  }

  // On the strand.
  void End(absl::Status status) {
    if (end_) return;
    end_ = std::move(status);
    timer_.cancel();
    shared_->streams.erase(shared_from_this());
    if (!is_writing_) FinishOnce();
  }

  // Until it is done.
  void KeepAlive() { self_ = shared_from_this(); }

 private:
  template <typename Act>
  void OnStrand(Act act) {
    boost::asio::post(shared_->strand, [self = shared_from_this(),
                                        act = std::move(act)] { act(*self); });
  }

  void Send() {
    response_.Clear();
    for (const Device& device : shared_->hardware.Watched()) {
      *response_.add_devices() = ToProto(device);
    }
    AddHostLoad(*response_.mutable_devices(0));
    *response_.mutable_measured_at() = hwledger::ToProto(absl::Now());
    is_writing_ = true;
    StartWrite(&response_);
  }

  // The first answer tells no utilization: that is of a time between two.
  void AddHostLoad(v1::Device& host) {
    const std::optional<CpuTimes> times = ReadCpuTimes();
    if (times && times_) {
      const auto percent = UtilizationPercent(*times_, *times);
      if (percent) host.set_utilization_percent(*percent);
    }
    times_ = times;
    if (const auto degrees = ReadCpuTemperature()) {
      host.set_temperature_celsius(*degrees);
    }
  }

  // A client that reads slowly gets fewer answers, not older ones.
  void Wait() {
    due_at_ = std::max(due_at_ + interval_, steady_clock::now());
    timer_.expires_at(due_at_);
    timer_.async_wait(
        [self = shared_from_this()](boost::system::error_code cancelled) {
          if (!cancelled && !self->end_) self->Send();
        });
  }

  void FinishOnce() {
    if (std::exchange(is_finished_, true)) return;
    Finish(ToGrpc(*end_));
  }

  const std::shared_ptr<Shared> shared_;
  const std::chrono::milliseconds interval_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Stream> self_;
  steady_clock::time_point due_at_;
  std::optional<CpuTimes> times_;
  std::optional<absl::Status> end_;
  bool is_writing_ = false;
  bool is_finished_ = false;
  v1::WatchDevicesResponse response_;
};

DeviceWatch::DeviceWatch(Hardware& hardware,
                         const boost::asio::any_io_executor& workers)
    : shared_(std::make_shared<Shared>(hardware, workers)) {}

grpc::ServerWriteReactor<v1::WatchDevicesResponse>* DeviceWatch::Start(
    const v1::WatchDevicesRequest& request) {
  const int32_t interval =
      request.has_interval_ms() ? request.interval_ms() : kDefaultIntervalMs;
  const auto stream =
      std::make_shared<Stream>(shared_, std::chrono::milliseconds(interval));
  stream->KeepAlive();
  if (interval < kIntervalMsMin || interval > kIntervalMsMax) {
    stream->Refuse(FieldError(
        "interval_ms", absl::StrCat("must be ", kIntervalMsMin, " to ",
                                    kIntervalMsMax, "; got ", interval)));
  } else {
    stream->Start();
  }
  return stream.get();
}

void DeviceWatch::Stop() {
  boost::asio::post(shared_->strand, [shared = shared_] {
    shared->is_stopped = true;
    // Each takes itself out of the set.
    for (const auto& stream : std::set(shared->streams)) {
      stream->End(Stopping());
    }
  });
}

}  // namespace hwledger
