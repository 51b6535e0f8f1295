#include "server/runner_link.h"

#include <optional>
#include <utility>
#include <vector>

#include "boost/asio/execution.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/prefer.hpp"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel_posix.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/client_callback.h"
#include "hwledger/runner/v1/runner.grpc.pb.h"
#include "server/command_convert.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"
#include "server/status.h"
#include "server/step_event_convert.h"

namespace hwledger {
namespace {

// What the three calls of a link share. Each call keeps it alive.
struct Link {
  boost::asio::any_io_executor executor;
  std::shared_ptr<Runner> runner;
  std::function<void(absl::Status)> lost;
  std::function<void(Pulse)> heard;
  std::unique_ptr<runner::v1::RunnerLink::Stub> stub;
};

// Deletes a call that is done, and after it what it held of the link, on the
// executor: gRPC cannot let go of its last channel on a thread of its own.
template <typename Call>
void Retire(Call* call, std::shared_ptr<Link> link) {
  delete call;
  const auto executor = link->executor;
  boost::asio::post(executor, [last = std::move(link)] {});
}

// Brings what the engine's steps produced to the runner.
class StepReader final : public grpc::ClientReadReactor<runner::v1::Step> {
 public:
  static void Start(std::shared_ptr<Link> link) {
    auto* reader = new StepReader(std::move(link));
    reader->link_->stub->async()->Steps(&reader->context_, &reader->request_,
                                        reader);
    reader->StartRead(&reader->step_);
    reader->StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    std::vector<StepEvent> events;
    events.reserve(static_cast<size_t>(step_.events_size()));
    for (const runner::v1::GenerationEvent& event : step_.events()) {
      events.push_back(FromProto(event));
    }
    link_->runner->Deliver(std::move(events));
    StartRead(&step_);
  }

  void OnDone(const grpc::Status& status) override {
    link_->lost(FromGrpc(status));
    Retire(this, link_);
  }

 private:
  explicit StepReader(std::shared_ptr<Link> link) : link_(std::move(link)) {}

  const std::shared_ptr<Link> link_;
  grpc::ClientContext context_;
  const runner::v1::StepsRequest request_;
  runner::v1::Step step_;
};

// Sends the runner's commands, one at a time, in order. It holds the call open
// until the commands end, since they come from threads of others.
class CommandWriter final
    : public grpc::ClientWriteReactor<runner::v1::Command> {
 public:
  static void Start(std::shared_ptr<Link> link) {
    auto* writer = new CommandWriter(std::move(link));
    writer->link_->stub->async()->Control(&writer->context_, &writer->summary_,
                                          writer);
    writer->AddHold();
    writer->SendNext();
    writer->StartCall();
  }

  void OnWriteDone(bool /*ok: OnDone tells*/) override { SendNext(); }

  void OnDone(const grpc::Status& status) override {
    link_->lost(FromGrpc(status));
    Retire(this, link_);
  }

 private:
  explicit CommandWriter(std::shared_ptr<Link> link) : link_(std::move(link)) {}

  void SendNext() {
    if (next_ < waiting_.items.size()) {
      message_ = ToProto(waiting_.items[next_++]);
      StartWrite(&message_);
    } else if (waiting_.end) {
      StartWritesDone();
      RemoveHold();
    } else {
      link_->runner->commands().Pop([this](Channel<Command>::Delivery next) {
        waiting_ = std::move(next);
        next_ = 0;
        SendNext();
      });
    }
  }

  const std::shared_ptr<Link> link_;
  grpc::ClientContext context_;
  runner::v1::ControlSummary summary_;
  Channel<Command>::Delivery waiting_;
  size_t next_ = 0;
  runner::v1::Command message_;
};

// Loads the model; once it is ready, starts the other two calls.
class LoadReader final : public grpc::ClientReadReactor<runner::v1::LoadEvent> {
 public:
  static void Start(std::shared_ptr<Link> link) {
    auto* reader = new LoadReader(std::move(link));
    reader->link_->stub->async()->Load(&reader->context_, &reader->request_,
                                       reader);
    reader->StartRead(&reader->event_);
    reader->StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (event_.has_ready()) {
      link_->runner->SetReady(FromProto(event_.ready()).devices);
      is_ready_ = true;
    } else {
      link_->runner->SetLoadFraction(event_.fraction());
    }
    StartRead(&event_);
  }

  void OnDone(const grpc::Status& status) override {
    if (status.ok() && is_ready_) {
      StepReader::Start(link_);
      CommandWriter::Start(link_);
    } else {
      link_->lost(FromGrpc(status));
    }
    Retire(this, link_);
  }

 private:
  explicit LoadReader(std::shared_ptr<Link> link) : link_(std::move(link)) {
    const LoadPlan& plan = link_->runner->plan();
    request_.set_path(plan.path);
    *request_.mutable_options() = ToProto(plan.options);
    *request_.mutable_serving() = ToProto(plan.serving);
    for (const AdapterScale& adapter : plan.adapters) {
      *request_.add_lora_adapters() = ToProto(adapter);
    }
  }

  const std::shared_ptr<Link> link_;
  grpc::ClientContext context_;
  runner::v1::LoadRequest request_;
  runner::v1::LoadEvent event_;
  bool is_ready_ = false;
};

// One question for the pulse of the process.
struct PulseCall {
  std::shared_ptr<Link> link;
  grpc::ClientContext context;
  runner::v1::CheckRequest request;
  runner::v1::Pulse pulse;
};

void AskPulse(std::shared_ptr<Link> link) {
  auto* call = new PulseCall{.link = std::move(link)};
  call->link->stub->async()->Check(
      &call->context, &call->request, &call->pulse,
      [call](const grpc::Status& status) {
        if (status.ok()) call->link->heard(FromProto(call->pulse));
        Retire(call, call->link);
      });
}

}  // namespace

std::function<void()> ConnectRunner(
    const boost::asio::any_io_executor& executor, int link_fd,
    std::shared_ptr<Runner> runner, std::function<void(absl::Status)> lost,
    std::function<void(Pulse)> heard) {
  auto link = std::make_shared<Link>(
      Link{.executor = boost::asio::prefer(
               executor, boost::asio::execution::outstanding_work.tracked),
           .runner = std::move(runner),
           .lost = std::move(lost),
           .heard = std::move(heard)});
  // The answer to one question may be long, and breaking it off would end all
  // else that the runner does.
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  // Pings that measure the way, at both ends: half of all there was to read.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  link->stub = runner::v1::RunnerLink::NewStub(
      grpc::CreateCustomInsecureChannelFromFd("runner", link_fd, arguments));
  LoadReader::Start(link);
  return [weak = std::weak_ptr(link)] {
    if (auto alive = weak.lock()) AskPulse(std::move(alive));
  };
}

}  // namespace hwledger
