#include "server/http_api.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.pb.h"
#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/library.pb.h"
#include "nlohmann/json.hpp"
#include "server/http_index.h"
#include "server/http_methods.h"
#include "server/http_rpc.h"
#include "server/metrics_text.h"
#include "server/ollama_api.h"
#include "server/openai_api.h"
#include "server/openapi.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

class HttpApi {
 public:
  explicit HttpApi(const HttpApiOptions& options)
      : methods_(options.services),
        openapi_(ToText(OpenApiDocument(methods_, HWLEDGER_VERSION))),
        rpc_(options.channel, options.executor, options.workers),
        openai_(rpc_, options.workers),
        ollama_(rpc_, options.workers) {}

  asio::awaitable<void> Route(HttpExchange& exchange) {
    const HttpRequest& request = exchange.request();
    if (const MethodDescriptor* method = methods_.Find(request.path)) {
      co_return co_await rpc_.Serve(exchange, *method);
    }
    if (OpenAiApi::Has(request.path)) {
      co_return co_await openai_.Serve(exchange);
    }
    if (OllamaApi::Has(request.path)) {
      co_return co_await ollama_.Serve(exchange);
    }
    const bool is_get = request.method == "GET" || request.method == "HEAD";
    if (is_get && request.path == "/readyz") {
      co_return co_await Readiness(exchange);
    }
    if (is_get && request.path == "/metrics") {
      co_return co_await Metrics(exchange);
    }
    if (is_get) {
      if (auto page = PageOf(request)) {
        co_return co_await exchange.Send(*std::move(page));
      }
    }
    co_await exchange.Send(ErrorResponse(
        404, {grpc::StatusCode::UNIMPLEMENTED,
              absl::StrCat("no ", request.method, " ", request.path,
                           " here; / lists what there is")}));
  }

 private:
  std::optional<HttpResponse> PageOf(const HttpRequest& request) const {
    if (request.path == "/") {
      return HttpResponse{
          .content_type = "text/plain; charset=utf-8",
          .body = HttpIndex(methods_, HeaderOf(request, "host"))};
    }
    if (request.path == "/openapi.json") return HttpResponse{.body = openapi_};
    if (request.path == "/healthz") {
      return HttpResponse{.content_type = "text/plain", .body = "ok\n"};
    }
    return std::nullopt;
  }

  // As the health protocol of gRPC says.
  asio::awaitable<void> Readiness(HttpExchange& exchange) {
    RpcCall call = rpc_.Start("/grpc.health.v1.Health/Check",
                              std::make_unique<HealthCheckRequest>());
    HealthCheckResponse health;
    const grpc::Status status = co_await call.Answer(health);
    const bool is_ready =
        status.ok() && health.status() == HealthCheckResponse::SERVING;
    co_await exchange.Send({.status = is_ready ? 200 : 503,
                            .content_type = "text/plain",
                            .body = is_ready ? "ready\n" : "not ready\n"});
  }

  asio::awaitable<void> Metrics(HttpExchange& exchange) {
    RpcCall loaded_call =
        rpc_.Start("/hwledger.v1.ModelLibrary/ListLoadedModels",
                   std::make_unique<v1::ListLoadedModelsRequest>());
    RpcCall devices_call =
        rpc_.Start("/hwledger.v1.Hardware/ListDevices",
                   std::make_unique<v1::ListDevicesRequest>());
    v1::ListLoadedModelsResponse loaded;
    const grpc::Status loaded_status = co_await loaded_call.Answer(loaded);
    v1::ListDevicesResponse devices;
    const grpc::Status devices_status = co_await devices_call.Answer(devices);
    const grpc::Status& status =
        loaded_status.ok() ? devices_status : loaded_status;
    co_await exchange.Send(
        status.ok()
            ? HttpResponse{.content_type =
                               "text/plain; version=0.0.4; charset=utf-8",
                           .body = MetricsText(loaded, devices)}
            : ErrorResponse(status));
  }

  const HttpMethods methods_;
  const std::string openapi_;
  HttpRpc rpc_;
  OpenAiApi openai_;
  OllamaApi ollama_;
};

}  // namespace

HttpRoute MakeHttpApi(const HttpApiOptions& options) {
  return [api = std::make_shared<HttpApi>(options)](HttpExchange& exchange) {
    return api->Route(exchange);
  };
}

}  // namespace hwledger
