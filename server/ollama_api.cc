#include "server/ollama_api.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"
#include "server/await_work.h"
#include "server/http_pieces.h"
#include "server/json_body.h"
#include "server/ollama_models.h"
#include "server/status.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// Of Ollama where its API was as it is here: programs compare it to know what
// they may ask, and refuse what is much older.
constexpr char kApiVersion[] = "0.12.11";

// What would fetch, change or remove models.
constexpr std::string_view kUnsupported[] = {
    "/api/pull", "/api/push", "/api/create", "/api/copy", "/api/delete"};

HttpResponse ErrorOf(const absl::Status& status) {
  return OllamaErrorResponse(ToGrpc(status));
}

std::string Text(const json& line) { return absl::StrCat(ToText(line), "\n"); }

std::string Version() {
  return ToText({{"version", kApiVersion}, {"hwledger", HWLEDGER_VERSION}});
}

absl::Status NoSuchPath(const HttpRequest& request) {
  const bool is_known =
      std::ranges::find(kUnsupported, request.path) != std::end(kUnsupported) ||
      absl::StartsWith(request.path, "/api/blobs/");
  if (!is_known) {
    return absl::NotFoundError(
        absl::StrCat("no ", request.method, " ", request.path, " here"));
  }
  return absl::UnimplementedError(
      absl::StrCat(request.path,
                   " is not supported: models that are on this machine are "
                   "run, and none is fetched, changed or removed"));
}

}  // namespace

OllamaApi::OllamaApi(HttpRpc& rpc, asio::any_io_executor workers)
    : rpc_(rpc), library_(rpc), workers_(std::move(workers)) {}

bool OllamaApi::Has(const std::string& path) {
  return absl::StartsWith(path, "/api/");
}

asio::awaitable<void> OllamaApi::Serve(HttpExchange& exchange) {
  const HttpRequest& request = exchange.request();
  const std::string& path = request.path;
  const bool is_post = request.method == "POST";
  const bool is_get = request.method == "GET" || request.method == "HEAD";
  if (is_post && path == "/api/chat") {
    co_return co_await Generate(exchange, OllamaKind::kChat);
  }
  if (is_post && path == "/api/generate") {
    co_return co_await Generate(exchange, OllamaKind::kGenerate);
  }
  absl::StatusOr<std::string> body = NoSuchPath(request);
  if (is_get && path == "/api/version") {
    body = Version();
  } else if (is_get && path == "/api/tags") {
    body = co_await library_.ListModels();
  } else if (is_get && path == "/api/ps") {
    body = co_await library_.ListLoaded();
  } else if (is_post && path == "/api/show") {
    body = co_await Show(exchange);
  } else if (is_post && path == "/api/embed") {
    body = co_await Embed(exchange, EmbedForm::kEmbed);
  } else if (is_post && path == "/api/embeddings") {
    body = co_await Embed(exchange, EmbedForm::kEmbeddings);
  }
  co_await exchange.Send(body.ok() ? HttpResponse{.body = *std::move(body)}
                                   : ErrorOf(body.status()));
}

OllamaApi::Body OllamaApi::Show(const HttpExchange& exchange) {
  const auto body = co_await ParseJsonBody(workers_, exchange.request().body);
  if (!body.ok()) co_return body.status();
  const absl::StatusOr<std::string> name = FromOllamaShow(*body);
  if (!name.ok()) co_return name.status();
  const auto model = co_await library_.Find(*name);
  if (!model.ok()) co_return model.status();
  co_return ToText(ToOllamaShow(*model));
}

OllamaApi::Body OllamaApi::Embed(HttpExchange& exchange, EmbedForm form) {
  const absl::Time started = absl::Now();
  const auto body = co_await ParseJsonBody(workers_, exchange.request().body);
  if (!body.ok()) co_return body.status();
  const bool is_new = form == EmbedForm::kEmbed;
  auto asked = is_new ? FromOllamaEmbed(*body) : FromOllamaEmbeddings(*body);
  if (!asked.ok()) co_return asked.status();
  const std::string name = asked->model_id();
  const auto model = co_await library_.Find(name);
  if (!model.ok()) co_return model.status();
  asked->set_model_id(model->model_id());

  v1::EmbedResponse response;
  absl::Status status;
  if (asked->texts().empty()) {
    status = co_await Load(exchange, asked->model_id(), asked->load());
  } else {
    RpcCall call = rpc_.Start("/hwledger.v1.InferenceRunner/Embed",
                              std::make_unique<v1::EmbedRequest>(*asked));
    exchange.OnDisconnect([call] { call.Cancel(); });
    status = FromGrpc(co_await call.Answer(response));
    if (status.ok()) co_await library_.Keep(asked->model_id(), asked->load());
  }
  if (!status.ok()) co_return status;
  std::string answer;
  co_await AwaitWork(workers_, response.ByteSizeLong(), [&] {
    answer =
        ToText(is_new ? ToOllamaEmbed(response, name, absl::Now() - started)
                      : ToOllamaEmbeddings(response));
  });
  co_return answer;
}

asio::awaitable<void> OllamaApi::Generate(HttpExchange& exchange,
                                          OllamaKind kind) {
  const absl::Time started = absl::Now();
  const auto body = co_await ParseJsonBody(workers_, exchange.request().body);
  if (!body.ok()) co_return co_await exchange.Send(ErrorOf(body.status()));
  auto asked = kind == OllamaKind::kChat ? FromOllamaChat(*body)
                                         : FromOllamaGenerate(*body);
  if (!asked.ok()) co_return co_await exchange.Send(ErrorOf(asked.status()));
  v1::RunInferenceRequest& request = asked->request;
  OllamaAnswer answer = {
      .kind = kind, .model = request.model_id(), .started = started};
  const auto model = co_await library_.Find(answer.model);
  if (!model.ok()) co_return co_await exchange.Send(ErrorOf(model.status()));
  request.set_model_id(model->model_id());

  if (request.input_case() != v1::RunInferenceRequest::INPUT_NOT_SET) {
    if (asked->is_streamed) {
      co_await SendLines(exchange, *asked, std::move(answer));
    } else {
      co_await SendWhole(exchange, *asked, std::move(answer));
    }
    co_return;
  }
  absl::Status status;
  if (asked->is_kept) {
    status = co_await Load(exchange, request.model_id(), request.load());
  } else {
    status = co_await library_.Unload(*model);
  }
  const char* reason = asked->is_kept ? "load" : "unload";
  co_await exchange.Send(status.ok()
                             ? HttpResponse{.body = ToText(ToOllamaDone(
                                                answer, reason, absl::Now()))}
                             : ErrorOf(status));
}

asio::awaitable<void> OllamaApi::SendWhole(HttpExchange& exchange,
                                           const OllamaGeneration& asked,
                                           OllamaAnswer answer) {
  RpcCall call = StartRun(exchange, asked.request);
  OllamaCompletion completion(std::move(answer));
  v1::RunInferenceResponse event;
  while (co_await call.Read(event)) completion.Add(event);
  const grpc::Status status = co_await call.Finish();
  if (!status.ok()) {
    co_return co_await exchange.Send(OllamaErrorResponse(status));
  }
  co_await library_.Keep(asked.request.model_id(), asked.request.load());
  co_await exchange.Send({.body = ToText(completion.Take(absl::Now()))});
}

asio::awaitable<void> OllamaApi::SendLines(HttpExchange& exchange,
                                           const OllamaGeneration& asked,
                                           OllamaAnswer answer) {
  RpcCall call = StartRun(exchange, asked.request);
  OllamaStream stream(std::move(answer));
  HttpPieces pieces(exchange, {.content_type = "application/x-ndjson"});
  bool is_heard = true;
  v1::RunInferenceResponse event;
  while (is_heard && co_await call.Read(event)) {
    // Before the client hears of the end, so that it finds it done.
    if (event.has_completion()) {
      co_await library_.Keep(asked.request.model_id(), asked.request.load());
    }
    const json line = stream.Line(event, absl::Now());
    if (!line.is_null()) is_heard = co_await pieces.Write(Text(line));
  }
  if (!is_heard) call.Cancel();
  const grpc::Status status = co_await call.Finish();
  if (!pieces.has_begun()) {
    co_return co_await exchange.Send(OllamaErrorResponse(status));
  }
  if (is_heard && !status.ok()) {
    is_heard = co_await pieces.Write(Text(ToOllamaError(status)));
  }
  if (is_heard) co_await exchange.End();
}

RpcCall OllamaApi::StartRun(HttpExchange& exchange,
                            const v1::RunInferenceRequest& request) {
  RpcCall call = rpc_.Start("/hwledger.v1.InferenceRunner/RunInference",
                            std::make_unique<v1::RunInferenceRequest>(request));
  exchange.OnDisconnect([call] { call.Cancel(); });
  return call;
}

asio::awaitable<absl::Status> OllamaApi::Load(HttpExchange& exchange,
                                              const std::string& model_id,
                                              const v1::LoadOptions& options) {
  RpcCall call = library_.StartLoad(model_id, options);
  exchange.OnDisconnect([call] { call.Cancel(); });
  co_return FromGrpc(co_await call.Finish());
}

}  // namespace hwledger
