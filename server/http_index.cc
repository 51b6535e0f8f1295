#include "server/http_index.h"

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/http_message.h"

namespace hwledger {
namespace {

using google::protobuf::Descriptor;

// What requests of the contract need, by the names of their fields.
nlohmann::json ExampleOf(const Descriptor& type) {
  static const nlohmann::json values = {{"model_id", "demo"},
                                        {"sequence_length", 512},
                                        {"prompt", "A token is"},
                                        {"text", "A token is"},
                                        {"texts", {"A token"}},
                                        {"token_ids", {1, 2}},
                                        {"base", {{"model_id", "demo"}}},
                                        {"goal", "FIT_GOAL_SEQUENCE_LENGTH"}};
  nlohmann::json example = nlohmann::json::object();
  for (int i = 0; i < type.field_count(); ++i) {
    const auto value = values.find(type.field(i)->name());
    if (value != values.end()) example[value.key()] = value.value();
  }
  return example;
}

std::string CommandFor(const std::string& path, const MethodDescriptor& method,
                       std::string_view host) {
  if (method.client_streaming()) {
    return "  over gRPC only: it takes a stream of requests";
  }
  const nlohmann::json example = ExampleOf(*method.input_type());
  if (HasNoSideEffects(method) && example.empty()) {
    return absl::StrCat("  curl http://", host, path);
  }
  return absl::StrCat(
      "  curl ", method.server_streaming() ? "-N " : "", "http://", host, path,
      " -H 'Content-Type: application/json' -d '", ToText(example), "'");
}

}  // namespace

std::string HttpIndex(const HttpMethods& methods, std::string_view host) {
  std::string text =
      "hwLedger: plans and runs language models.\n"
      "\n"
      "Methods of the contract, in protobuf's JSON; streams come as events\n"
      "(text/event-stream). Clients of the Connect protocol work as well.\n";
  for (const auto& [path, method] : methods.by_path()) {
    absl::StrAppend(&text, "\n", path, "\n", CommandFor(path, *method, host),
                    "\n");
  }
  return absl::StrCat(
      text,
      "\nOpenAI's API: /v1/models, /v1/chat/completions, /v1/completions, "
      "/v1/embeddings\n"
      "\nOllama's API: /api/chat, /api/generate, /api/embed, /api/tags, "
      "/api/show, /api/ps, /api/version\n"
      "\nBesides: /openapi.json, which describes the contract; /metrics, "
      "/healthz, /readyz\n");
}

}  // namespace hwledger
