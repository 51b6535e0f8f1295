#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "core/loaded_models.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {

class InferenceService final
    : public v1::InferenceRunner::WithCallbackMethod_RunInference<
          v1::InferenceRunner::Service> {
 public:
  // What reads files or waits runs on `workers`: a reaction of gRPC's must not.
  InferenceService(LoadedModels& models, boost::asio::any_io_executor workers);

  grpc::ServerWriteReactor<v1::RunInferenceResponse>* RunInference(
      grpc::CallbackServerContext* context,
      const v1::RunInferenceRequest* request) override;
  grpc::Status Embed(grpc::ServerContext* context,
                     const v1::EmbedRequest* request,
                     v1::EmbedResponse* response) override;
  grpc::Status Tokenize(grpc::ServerContext* context,
                        const v1::TokenizeRequest* request,
                        v1::TokenizeResponse* response) override;

 private:
  LoadedModels& models_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
