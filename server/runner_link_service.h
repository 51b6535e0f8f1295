#pragma once

#include <memory>

#include "core/engine/llama_engine.h"
#include "grpcpp/server.h"
#include "hwledger/runner/v1/runner.grpc.pb.h"

namespace hwledger {

// The runner's end of the link to the daemon. Its handlers are synchronous:
// three are called once and for long, and a writer that waits for the socket
// makes larger messages of the steps that come meanwhile. Check has a thread of
// its own beside them.
class RunnerLinkService final : public runner::v1::RunnerLink::Service {
 public:
  grpc::Status Load(grpc::ServerContext* context,
                    const runner::v1::LoadRequest* request,
                    grpc::ServerWriter<runner::v1::LoadEvent>* writer) override;
  grpc::Status Control(grpc::ServerContext* context,
                       grpc::ServerReader<runner::v1::Command>* reader,
                       runner::v1::ControlSummary* summary) override;
  grpc::Status Steps(grpc::ServerContext* context,
                     const runner::v1::StepsRequest* request,
                     grpc::ServerWriter<runner::v1::Step>* writer) override;
  grpc::Status Check(grpc::ServerContext* context,
                     const runner::v1::CheckRequest* request,
                     runner::v1::Pulse* pulse) override;

  // Gives up all that runs and ends Steps.
  void Stop() { engine_.Stop(); }

 private:
  LlamaEngine engine_;
};

// Serves over a connected socket and takes it. Null: gRPC refuses.
std::unique_ptr<grpc::Server> ServeLink(RunnerLinkService& service,
                                        int link_fd);

}  // namespace hwledger
