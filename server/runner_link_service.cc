#include "server/runner_link_service.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "grpcpp/server_builder.h"
#include "grpcpp/server_posix.h"
#include "server/command_convert.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"
#include "server/step_event_convert.h"

namespace hwledger {
namespace {

// A progress bar shows no more.
constexpr double kFractionStep = 0.01;

grpc::Status ToGrpcStatus(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.raw_code()),
          std::string(status.message())};
}

}  // namespace

grpc::Status RunnerLinkService::Load(
    grpc::ServerContext* context, const runner::v1::LoadRequest* request,
    grpc::ServerWriter<runner::v1::LoadEvent>* writer) {
  double reported = 0;
  const auto progress = [&](double fraction) {
    if (fraction >= reported + kFractionStep) {
      reported = fraction;
      runner::v1::LoadEvent event;
      event.set_fraction(fraction);
      writer->Write(event);
    }
    return !context->IsCancelled();
  };
  const absl::StatusOr<Ready> ready = engine_.Load(
      request->path(), FromProto(request->options()), progress,
      FromProto(request->serving()), FromProto(request->lora_adapters()));
  if (!ready.ok()) return ToGrpcStatus(ready.status());
  runner::v1::LoadEvent event;
  *event.mutable_ready() = ToProto(*ready);
  writer->Write(event);
  return grpc::Status::OK;
}

grpc::Status RunnerLinkService::Control(
    grpc::ServerContext* /*context*/,
    grpc::ServerReader<runner::v1::Command>* reader,
    runner::v1::ControlSummary* /*summary*/) {
  runner::v1::Command command;
  while (reader->Read(&command)) engine_.Submit(FromProto(command));
  return grpc::Status::OK;
}

grpc::Status RunnerLinkService::Steps(
    grpc::ServerContext* /*context*/,
    const runner::v1::StepsRequest* /*request*/,
    grpc::ServerWriter<runner::v1::Step>* writer) {
  for (;;) {
    const std::vector<StepEvent> events = engine_.WaitForEvents();
    if (events.empty()) return grpc::Status::OK;
    runner::v1::Step step;
    for (const StepEvent& event : events) *step.add_events() = ToProto(event);
    if (!writer->Write(step)) return grpc::Status::OK;
  }
}

grpc::Status RunnerLinkService::Check(
    grpc::ServerContext* /*context*/,
    const runner::v1::CheckRequest* /*request*/, runner::v1::Pulse* pulse) {
  *pulse = ToProto(engine_.pulse());
  return grpc::Status::OK;
}

std::unique_ptr<grpc::Server> ServeLink(RunnerLinkService& service,
                                        int link_fd) {
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  // The daemon bounds what it takes from clients; nobody else is on this link.
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return nullptr;
  // gRPC does not do it itself, and would block on it.
  const int flags = fcntl(link_fd, F_GETFL);
  if (flags < 0 || fcntl(link_fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    return nullptr;
  }
  grpc::AddInsecureChannelFromFd(server.get(), link_fd);
  return server;
}

}  // namespace hwledger
