#include "server/library_service.h"

#include <memory>
#include <utility>

#include "boost/asio/post.hpp"
#include "server/library_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

// Sends the progress of one load to one client. A worker finds the runner first
// and calls Watch or Refuse; then each reaction follows the one before.
class LoadStream final
    : public grpc::ServerWriteReactor<v1::LoadModelResponse> {
 public:
  void Refuse(const absl::Status& status) { Finish(ToGrpc(status)); }

  void Watch(std::shared_ptr<Runner> runner) {
    runner_ = std::move(runner);
    progress_ = runner_->WatchLoad();
    AwaitNext();
  }

  void OnWriteDone(bool ok) override {
    if (is_finishing_) {
      Finish(grpc::Status::OK);
    } else if (!ok) {
      Finish(grpc::Status::CANCELLED);
    } else {
      AwaitNext();
    }
  }
  void OnDone() override { delete this; }

 private:
  void AwaitNext() {
    progress_->Pop(
        [this](const Channel<double>::Delivery& next) { Send(next); });
  }

  void Send(const Channel<double>::Delivery& next) {
    if (next.end && !next.end->ok()) {
      Finish(ToGrpc(*next.end));
      return;
    }
    if (next.end) {
      is_finishing_ = true;
      *response_.mutable_loaded() = ToProto(runner_->Snapshot());
    } else {
      response_.mutable_load_progress()->set_fraction(next.items.back());
    }
    StartWrite(&response_);
  }

  std::shared_ptr<Runner> runner_;
  std::shared_ptr<Channel<double>> progress_;
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
  auto* stream = new LoadStream;
  LoadRequest load = FromProto(request->model_id(), request->options());
  load.force = request->force();
  boost::asio::post(workers_, [this, stream, load = std::move(load)] {
    auto runner = loaded_.Acquire(load);
    if (runner.ok()) {
      stream->Watch(*std::move(runner));
    } else {
      stream->Refuse(runner.status());
    }
  });
  return stream;
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
