#include "server/ollama_library.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "hwledger/v1/ledger.pb.h"
#include "nlohmann/json.hpp"
#include "server/http_message.h"
#include "server/ollama_models.h"
#include "server/status.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using google::protobuf::Message;
using nlohmann::json;

}  // namespace

OllamaLibrary::OllamaLibrary(HttpRpc& rpc) : rpc_(rpc) {}

OllamaLibrary::Body OllamaLibrary::ListModels() {
  v1::ListModelsResponse response;
  const absl::Status status =
      co_await Ask("ModelLibrary/ListModels",
                   std::make_unique<v1::ListModelsRequest>(), response);
  if (!status.ok()) co_return status;
  co_return ToText(ToOllamaTags(response));
}

OllamaLibrary::Body OllamaLibrary::ListLoaded() {
  v1::ListLoadedModelsResponse loaded;
  const absl::Status status =
      co_await Ask("ModelLibrary/ListLoadedModels",
                   std::make_unique<v1::ListLoadedModelsRequest>(), loaded);
  if (!status.ok()) co_return status;
  // Without a ledger it is not known what lies where.
  v1::ListEntriesResponse loads;
  (co_await Ask("Ledger/ListEntries",
                std::make_unique<v1::ListEntriesRequest>(), loads))
      .IgnoreError();
  json models = json::array();
  for (const v1::LoadedModel& one : loaded.models()) {
    if (one.state() != v1::LOAD_STATE_READY) continue;
    OllamaProcess process = {.loaded = one};
    const auto model = co_await Find(one.model_id());
    if (model.ok()) process.model = *model;
    const auto load = std::ranges::find_if(
        loads.entries(), [&](const v1::LedgerEntry& entry) {
          return entry.model_id() == one.model_id() && !entry.has_ended_at();
        });
    if (load != loads.entries().end()) process.load = *load;
    models.push_back(ToOllamaProcess(process, absl::Now()));
  }
  co_return ToText({{"models", std::move(models)}});
}

asio::awaitable<absl::Status> OllamaLibrary::Ask(
    std::string method, std::unique_ptr<Message> request, Message& response) {
  RpcCall call =
      rpc_.Start(absl::StrCat("/hwledger.v1.", method), std::move(request));
  co_return FromGrpc(co_await call.Answer(response));
}

RpcCall OllamaLibrary::StartLoad(const std::string& model_id,
                                 const v1::LoadOptions& options) {
  auto request = std::make_unique<v1::LoadModelRequest>();
  request->set_model_id(model_id);
  *request->mutable_options() = options;
  return rpc_.Start("/hwledger.v1.ModelLibrary/LoadModel", std::move(request));
}

asio::awaitable<absl::StatusOr<v1::Model>> OllamaLibrary::Find(
    const std::string& name) {
  absl::Status status;
  for (const std::string& model_id : OllamaModelIds(name)) {
    auto request = std::make_unique<v1::GetModelRequest>();
    request->set_model_id(model_id);
    v1::GetModelResponse response;
    status =
        co_await Ask("ModelLibrary/GetModel", std::move(request), response);
    if (status.ok()) co_return response.model();
    if (!absl::IsNotFound(status) && !absl::IsInvalidArgument(status)) break;
  }
  co_return status;
}

asio::awaitable<void> OllamaLibrary::Keep(const std::string& model_id,
                                          const v1::LoadOptions& load) {
  if (!load.has_idle_ttl()) co_return;
  v1::LoadOptions options;
  *options.mutable_idle_ttl() = load.idle_ttl();
  RpcCall call = StartLoad(model_id, options);
  // The answer that the model gave does not depend on it.
  std::ignore = co_await call.Finish();
}

asio::awaitable<absl::Status> OllamaLibrary::Unload(const v1::Model& model) {
  v1::ListLoadedModelsResponse loaded;
  const absl::Status status =
      co_await Ask("ModelLibrary/ListLoadedModels",
                   std::make_unique<v1::ListLoadedModelsRequest>(), loaded);
  if (!status.ok()) co_return status;
  const auto found =
      std::ranges::find(loaded.models(), model.path(), &v1::LoadedModel::path);
  if (found == loaded.models().end()) co_return absl::OkStatus();
  if (found->active_requests() + found->queued_requests() > 0) {
    v1::LoadOptions options;
    options.mutable_idle_ttl()->set_seconds(1);
    co_await Keep(found->model_id(), options);
    co_return absl::OkStatus();
  }
  auto request = std::make_unique<v1::UnloadModelRequest>();
  request->set_model_id(found->model_id());
  v1::UnloadModelResponse response;
  co_return co_await Ask("ModelLibrary/UnloadModel", std::move(request),
                         response);
}

}  // namespace hwledger
