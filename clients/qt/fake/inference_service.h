#pragma once

#include "clients/qt/fake/behaviour.h"
#include "clients/qt/fake/loaded_set.h"
#include "clients/qt/fake/script.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {

// Whatever it is asked, it tells Script::answer_markdown, word by word, each
// being a token; first it loads the model as it once was loaded.
class FakeInferenceService final : public v1::InferenceRunner::Service {
 public:
  FakeInferenceService(const Script& script, Behaviour& behaviour,
                       LoadedSet& loaded);

  grpc::Status RunInference(
      grpc::ServerContext* context, const v1::RunInferenceRequest* request,
      grpc::ServerWriter<v1::RunInferenceResponse>* writer) override;

 private:
  const Script& script_;
  Behaviour& behaviour_;
  LoadedSet& loaded_;
  // What the answer is made of, spaces included.
  std::vector<std::string> tokens_;
};

}  // namespace hwledger
