#include "server/library_service.h"

#include <memory>
#include <utility>

#include "boost/asio/post.hpp"
#include "server/library_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

// Sends the progress of one load to one client. The reactions follow one
// another, as in InferenceStream.
class LoadStream final
    : public grpc::ServerWriteReactor<v1::LoadModelResponse> {
 public:
  explicit LoadStream(std::shared_ptr<LoadWatch> watch)
      : watch_(std::move(watch)) {
    AwaitNext();
  }

  void OnWriteDone(bool ok) override {
    if (is_finishing_) {
      Finish(grpc::Status::OK);
    } else {
      if (!ok) watch_->Cancel();
      AwaitNext();
    }
  }
  void OnCancel() override { watch_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  void AwaitNext() {
    watch_->Pop([this](const LoadWatch::Delivery& next) { Send(next); });
  }

  void Send(const LoadWatch::Delivery& next) {
    if (!next.end) {
      response_.mutable_load_progress()->set_fraction(next.items.back());
      StartWrite(&response_);
      return;
    }
    // Null where the client gave up meanwhile. Let go before the client hears:
    // what it asks next finds the model idle.
    std::shared_ptr<Runner> runner = watch_->TakeRunner();
    if (!next.end->ok() || runner == nullptr) {
      Finish(next.end->ok() ? grpc::Status::CANCELLED : ToGrpc(*next.end));
      return;
    }
    is_finishing_ = true;
    *response_.mutable_loaded() = ToProto(runner->Snapshot());
    runner.reset();
    StartWrite(&response_);
  }

  const std::shared_ptr<LoadWatch> watch_;
  bool is_finishing_ = false;
  v1::LoadModelResponse response_;
};

}  // namespace

LibraryService::LibraryService(ModelStore& known, LoadedModels& loaded,
                               boost::asio::any_io_executor workers)
    : known_(known), loaded_(loaded), workers_(std::move(workers)) {}

grpc::Status LibraryService::ListModels(grpc::ServerContext*,
                                        const v1::ListModelsRequest*,
                                        v1::ListModelsResponse* response) {
  for (const ListedModel& listed : known_.List()) {
    std::shared_ptr<const KnownModel> model =
        known_.Recall(listed.model_id, "");
    const bool is_ours = listed.source == ModelSource::kCatalogue ||
                         listed.source == ModelSource::kDemo;
    if (model == nullptr && is_ours) {  // Takes one small file at most.
      model = known_.Find(listed.model_id, "").value_or(nullptr);
    }
    *response->add_models() = ToProto(listed, model.get());
  }
  return grpc::Status::OK;
}

grpc::Status LibraryService::GetModel(grpc::ServerContext*,
                                      const v1::GetModelRequest* request,
                                      v1::GetModelResponse* response) {
  const auto model = known_.Find(request->model_id(), "");
  if (!model.ok()) return ToGrpc(model.status());
  *response->mutable_model() = ToProto(**model);
  return grpc::Status::OK;
}

grpc::ServerWriteReactor<v1::LoadModelResponse>* LibraryService::LoadModel(
    grpc::CallbackServerContext*, const v1::LoadModelRequest* request) {
  auto watch = std::make_shared<LoadWatch>();
  LoadRequest load = FromProto(request->model_id(), request->options());
  load.force = request->force();
  boost::asio::post(workers_, [this, watch, load = std::move(load)] {
    loaded_.Load(load, watch);
  });
  return new LoadStream(std::move(watch));
}

grpc::Status LibraryService::UnloadModel(grpc::ServerContext*,
                                         const v1::UnloadModelRequest* request,
                                         v1::UnloadModelResponse* response) {
  const absl::StatusOr<Bytes> freed = loaded_.Unload(request->model_id());
  if (!freed.ok()) return ToGrpc(freed.status());
  response->set_freed_bytes(freed->count());
  return grpc::Status::OK;
}

grpc::Status LibraryService::ListLoadedModels(
    grpc::ServerContext*, const v1::ListLoadedModelsRequest*,
    v1::ListLoadedModelsResponse* response) {
  for (const RunnerSnapshot& snapshot : loaded_.List()) {
    *response->add_models() = ToProto(snapshot);
  }
  return grpc::Status::OK;
}

}  // namespace hwledger
