#include "server/openai_api.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "nlohmann/json.hpp"
#include "server/await_work.h"
#include "server/http_pieces.h"
#include "server/json_body.h"
#include "server/openai_request.h"
#include "server/query_parameters.h"
#include "server/status.h"

namespace hwledger {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr char kModels[] = "/v1/models";
constexpr char kChat[] = "/v1/chat/completions";
constexpr char kCompletions[] = "/v1/completions";
constexpr char kEmbeddings[] = "/v1/embeddings";
constexpr char kRunPath[] = "/hwledger.v1.InferenceRunner/RunInference";

HttpResponse ErrorOf(const absl::Status& status) {
  return OpenAiErrorResponse(ToGrpc(status));
}

std::string Event(const json& chunk) {
  return absl::StrCat("data: ", ToText(chunk), "\n\n");
}

HttpResponse NoSuchPath(const HttpRequest& request) {
  HttpResponse response = ErrorOf(absl::UnimplementedError(
      absl::StrCat("no ", request.method, " ", request.path, " here")));
  response.status = 404;
  return response;
}

}  // namespace

OpenAiApi::OpenAiApi(HttpRpc& rpc, asio::any_io_executor workers)
    : rpc_(rpc),
      workers_(std::move(workers)),
      random_(std::random_device()()) {}

bool OpenAiApi::Has(const std::string& path) {
  return absl::StartsWith(path, "/v1/");
}

asio::awaitable<void> OpenAiApi::Serve(HttpExchange& exchange) {
  const HttpRequest& request = exchange.request();
  const bool is_post = request.method == "POST";
  std::string_view model = request.path;
  if (request.method == "GET" && request.path == kModels) {
    co_await ListModels(exchange);
  } else if (request.method == "GET" &&
             absl::ConsumePrefix(&model, "/v1/models/")) {
    co_await GetModel(exchange, model);
  } else if (is_post && request.path == kChat) {
    co_await Generate(exchange, OpenAiKind::kChat);
  } else if (is_post && request.path == kCompletions) {
    co_await Generate(exchange, OpenAiKind::kCompletion);
  } else if (is_post && request.path == kEmbeddings) {
    co_await Embed(exchange);
  } else {
    co_await exchange.Send(NoSuchPath(request));
  }
}

asio::awaitable<void> OpenAiApi::ListModels(HttpExchange& exchange) {
  RpcCall call = rpc_.Start("/hwledger.v1.ModelLibrary/ListModels",
                            std::make_unique<v1::ListModelsRequest>());
  v1::ListModelsResponse response;
  const grpc::Status status = co_await call.Answer(response);
  co_await exchange.Send(
      status.ok() ? HttpResponse{.body = ToText(ToOpenAiModels(response))}
                  : OpenAiErrorResponse(status));
}

asio::awaitable<void> OpenAiApi::GetModel(HttpExchange& exchange,
                                          std::string_view model) {
  const auto decoded = PercentDecoded(model);
  if (!decoded.ok()) {
    co_return co_await exchange.Send(ErrorOf(decoded.status()));
  }
  auto request = std::make_unique<v1::GetModelRequest>();
  request->set_model_id(*decoded);
  RpcCall call =
      rpc_.Start("/hwledger.v1.ModelLibrary/GetModel", std::move(request));
  v1::GetModelResponse response;
  const grpc::Status status = co_await call.Answer(response);
  co_await exchange.Send(
      status.ok()
          ? HttpResponse{.body = ToText(ToOpenAiModel(response.model()))}
          : OpenAiErrorResponse(status));
}

asio::awaitable<void> OpenAiApi::Generate(HttpExchange& exchange,
                                          OpenAiKind kind) {
  const auto body = co_await ParseJsonBody(workers_, exchange.request().body);
  if (!body.ok()) co_return co_await exchange.Send(ErrorOf(body.status()));
  const auto asked = kind == OpenAiKind::kChat ? FromOpenAiChat(*body)
                                               : FromOpenAiCompletion(*body);
  if (!asked.ok()) co_return co_await exchange.Send(ErrorOf(asked.status()));
  RpcCall call = rpc_.Start(
      kRunPath, std::make_unique<v1::RunInferenceRequest>(asked->request));
  exchange.OnDisconnect([call] { call.Cancel(); });
  OpenAiAnswer answer = NewAnswer(kind, asked->request.model_id());
  if (asked->is_streamed) {
    co_await SendStream(exchange, call, std::move(answer), asked->wants_usage);
  } else {
    co_await SendWhole(exchange, call, std::move(answer));
  }
}

asio::awaitable<void> OpenAiApi::SendWhole(HttpExchange& exchange,
                                           RpcCall& call, OpenAiAnswer answer) {
  OpenAiCompletion completion(std::move(answer));
  v1::RunInferenceResponse event;
  while (co_await call.Read(event)) completion.Add(event);
  const grpc::Status status = co_await call.Finish();
  co_await exchange.Send(status.ok()
                             ? HttpResponse{.body = ToText(completion.Take())}
                             : OpenAiErrorResponse(status));
}

asio::awaitable<void> OpenAiApi::SendStream(HttpExchange& exchange,
                                            RpcCall& call, OpenAiAnswer answer,
                                            bool has_usage) {
  OpenAiStream stream(std::move(answer), has_usage);
  HttpPieces pieces(exchange, {.content_type = "text/event-stream",
                               .headers = {{"Cache-Control", "no-cache"}}});
  bool is_heard = true;
  v1::RunInferenceResponse event;
  while (is_heard && co_await call.Read(event)) {
    std::string piece;
    for (const json& chunk : stream.Chunks(event)) piece += Event(chunk);
    is_heard = co_await pieces.Write(std::move(piece));
  }
  if (!is_heard) call.Cancel();
  const grpc::Status status = co_await call.Finish();
  if (!pieces.has_begun()) {
    co_return co_await exchange.Send(OpenAiErrorResponse(status));
  }
  if (is_heard &&
      co_await pieces.Write(status.ok() ? "data: [DONE]\n\n"
                                        : Event(ToOpenAiError(status)))) {
    co_await exchange.End();
  }
}

asio::awaitable<void> OpenAiApi::Embed(HttpExchange& exchange) {
  const auto body = co_await ParseJsonBody(workers_, exchange.request().body);
  if (!body.ok()) co_return co_await exchange.Send(ErrorOf(body.status()));
  const auto asked = FromOpenAiEmbedding(*body);
  if (!asked.ok()) co_return co_await exchange.Send(ErrorOf(asked.status()));
  RpcCall call = rpc_.Start("/hwledger.v1.InferenceRunner/Embed",
                            std::make_unique<v1::EmbedRequest>(asked->request));
  exchange.OnDisconnect([call] { call.Cancel(); });
  v1::EmbedResponse response;
  const grpc::Status status = co_await call.Answer(response);
  if (!status.ok()) {
    co_return co_await exchange.Send(OpenAiErrorResponse(status));
  }
  HttpResponse answer;
  co_await AwaitWork(workers_, response.ByteSizeLong(), [&] {
    answer.body = ToText(ToOpenAiEmbeddings(response, asked->request.model_id(),
                                            asked->is_base64));
  });
  co_await exchange.Send(std::move(answer));
}

OpenAiAnswer OpenAiApi::NewAnswer(OpenAiKind kind, const std::string& model) {
  return {.kind = kind,
          .id = absl::StrFormat("%s-%016x",
                                kind == OpenAiKind::kChat ? "chatcmpl" : "cmpl",
                                random_()),
          .model = model,
          .created = absl::ToUnixSeconds(absl::Now())};
}

}  // namespace hwledger
