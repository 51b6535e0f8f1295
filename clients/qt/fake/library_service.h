#pragma once

#include "clients/qt/fake/behaviour.h"
#include "clients/qt/fake/loaded_set.h"
#include "clients/qt/fake/script.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {

// The recorded models; each loads as it once did.
class FakeLibraryService final : public v1::ModelLibrary::Service {
 public:
  FakeLibraryService(const Script& script, Behaviour& behaviour,
                     LoadedSet& loaded)
      : script_(script), behaviour_(behaviour), loaded_(loaded) {}

  grpc::Status ListModels(grpc::ServerContext* context,
                          const v1::ListModelsRequest* request,
                          v1::ListModelsResponse* response) override;
  grpc::Status GetModel(grpc::ServerContext* context,
                        const v1::GetModelRequest* request,
                        v1::GetModelResponse* response) override;
  grpc::Status LoadModel(
      grpc::ServerContext* context, const v1::LoadModelRequest* request,
      grpc::ServerWriter<v1::LoadModelResponse>* writer) override;
  grpc::Status UnloadModel(grpc::ServerContext* context,
                           const v1::UnloadModelRequest* request,
                           v1::UnloadModelResponse* response) override;
  grpc::Status ListLoadedModels(
      grpc::ServerContext* context, const v1::ListLoadedModelsRequest* request,
      v1::ListLoadedModelsResponse* response) override;

 private:
  const Script& script_;
  Behaviour& behaviour_;
  LoadedSet& loaded_;
};

}  // namespace hwledger
