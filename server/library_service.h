#pragma once

#include "boost/asio/any_io_executor.hpp"
#include "core/loaded_models.h"
#include "core/model/model_store.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {

class LibraryService final
    : public v1::ModelLibrary::WithCallbackMethod_LoadModel<
          v1::ModelLibrary::Service> {
 public:
  LibraryService(ModelStore& known, LoadedModels& loaded,
                 boost::asio::any_io_executor workers);

  grpc::Status ListModels(grpc::ServerContext* context,
                          const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override;
  grpc::Status GetModel(grpc::ServerContext* context,
                        const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override;
  grpc::ServerWriteReactor<v1::LoadModelResponse>* LoadModel(
      grpc::CallbackServerContext* context,
      const v1::LoadModelRequest* request) override;
  grpc::Status UnloadModel(grpc::ServerContext* context,
                           const v1::UnloadModelRequest* request,
                           v1::UnloadModelResponse* response) override;
  grpc::Status ListLoadedModels(
      grpc::ServerContext* context, const v1::ListLoadedModelsRequest* request,
      v1::ListLoadedModelsResponse* response) override;

 private:
  ModelStore& known_;
  LoadedModels& loaded_;
  const boost::asio::any_io_executor workers_;
};

}  // namespace hwledger
