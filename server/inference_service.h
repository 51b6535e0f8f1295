#pragma once

#include <memory>

#include "boost/asio/any_io_executor.hpp"
#include "core/loaded_models.h"
#include "core/open_question.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {

// Every method waits for a model that may have to be loaded first.
class InferenceService final : public v1::InferenceRunner::CallbackService {
 public:
  // What reads files or waits runs on `workers`: a reaction of gRPC's must not.
  InferenceService(LoadedModels& models, boost::asio::any_io_executor workers);

  grpc::ServerWriteReactor<v1::RunInferenceResponse>* RunInference(
      grpc::CallbackServerContext* context,
      const v1::RunInferenceRequest* request) override;
  grpc::ServerUnaryReactor* Embed(grpc::CallbackServerContext* context,
                                  const v1::EmbedRequest* request,
                                  v1::EmbedResponse* response) override;
  grpc::ServerUnaryReactor* Tokenize(grpc::CallbackServerContext* context,
                                     const v1::TokenizeRequest* request,
                                     v1::TokenizeResponse* response) override;
  grpc::ServerUnaryReactor* Detokenize(
      grpc::CallbackServerContext* context,
      const v1::DetokenizeRequest* request,
      v1::DetokenizeResponse* response) override;

 private:
  // Asks the runner of `load`'s model, once there is one.
  void Ask(LoadRequest load, Question question,
           const std::shared_ptr<OpenQuestion>& open);
  template <typename Part, typename Request, typename Response>
  grpc::ServerUnaryReactor* Ask(const Request& request, Response* response);

  LoadedModels& models_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
