#include "clients/qt/fake/library_service.h"

#include "absl/strings/str_cat.h"
#include "clients/qt/fake/refusal.h"

namespace hwledger {
namespace {

void SetOptions(const v1::LoadOptions& options, v1::LoadedModel& model) {
  if (options.has_pinned()) model.set_pinned(options.pinned());
  if (options.has_idle_ttl()) *model.mutable_idle_ttl() = options.idle_ttl();
}

}  // namespace

grpc::Status FakeLibraryService::ListModels(
    grpc::ServerContext* context, const v1::ListModelsRequest* /*request*/,
    v1::ListModelsResponse* response) {
  response->mutable_models()->Add(script_.models.begin(), script_.models.end());
  return behaviour_.Enter("ListModels", *context);
}

grpc::Status FakeLibraryService::GetModel(grpc::ServerContext* context,
                                          const v1::GetModelRequest* request,
                                          v1::GetModelResponse* response) {
  const grpc::Status entered = behaviour_.Enter("GetModel", *context);
  if (!entered.ok()) return entered;
  const v1::Model* model = script_.FindModel(request->model_id());
  if (model == nullptr) return NoSuchModel(request->model_id());
  *response->mutable_model() = *model;
  return grpc::Status::OK;
}

grpc::Status FakeLibraryService::LoadModel(
    grpc::ServerContext* context, const v1::LoadModelRequest* request,
    grpc::ServerWriter<v1::LoadModelResponse>* writer) {
  const grpc::Status entered = behaviour_.Enter("LoadModel", *context);
  if (!entered.ok()) return entered;
  const std::string& model_id = request->model_id();
  if (script_.FindModel(model_id) == nullptr) return NoSuchModel(model_id);
  const Script::Load* load = script_.FindLoad(model_id);
  if (load == nullptr) return NotToRun(model_id);
  v1::LoadedModel model = load->events.back().loaded();
  if (const auto present = loaded_.Find(model_id)) {
    model = *present;
  } else {
    v1::LoadedModel loading = model;
    loading.set_state(v1::LOAD_STATE_LOADING);
    loaded_.Put(loading);
    for (const v1::LoadModelResponse& event : load->events) {
      if (event.has_loaded()) break;
      writer->Write(event);
      if (!behaviour_.Sleep(behaviour_.pace().step, *context)) {
        loaded_.Remove(model_id);
        return grpc::Status::CANCELLED;
      }
    }
  }
  SetOptions(request->options(), model);
  loaded_.Put(model);
  v1::LoadModelResponse last;
  *last.mutable_loaded() = model;
  writer->Write(last);
  return grpc::Status::OK;
}

grpc::Status FakeLibraryService::UnloadModel(
    grpc::ServerContext* context, const v1::UnloadModelRequest* request,
    v1::UnloadModelResponse* response) {
  const grpc::Status entered = behaviour_.Enter("UnloadModel", *context);
  if (!entered.ok()) return entered;
  const auto model = loaded_.Remove(request->model_id());
  if (!model) {
    return Refusal(grpc::StatusCode::NOT_FOUND,
                   absl::StrCat(request->model_id(), " is not loaded"));
  }
  response->set_freed_bytes(model->memory().resident_bytes());
  return grpc::Status::OK;
}

grpc::Status FakeLibraryService::ListLoadedModels(
    grpc::ServerContext* context,
    const v1::ListLoadedModelsRequest* /*request*/,
    v1::ListLoadedModelsResponse* response) {
  const std::vector<v1::LoadedModel> models = loaded_.List();
  response->mutable_models()->Add(models.begin(), models.end());
  return behaviour_.Enter("ListLoadedModels", *context);
}

}  // namespace hwledger
