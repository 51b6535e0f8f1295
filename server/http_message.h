#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "grpcpp/support/status.h"
#include "nlohmann/json_fwd.hpp"

// Requests and answers of HTTP as routes see them: whole, without the wire.
namespace hwledger {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // As sent, without the query.
  std::string query;   // Without "?".
  HttpHeaders headers;
  std::string body;
};

// Empty where there is none; `name` in any case.
std::string_view HeaderOf(const HttpRequest& request, std::string_view name);

// "application/json" of "Application/JSON; charset=utf-8".
std::string MediaTypeOf(const HttpRequest& request);

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  HttpHeaders headers;
};

// Never throws: text that is not UTF-8 is replaced.
std::string ToText(const nlohmann::json& json);

// A failure as the Connect protocol tells it, which every path uses that has no
// convention of its own: {"code", "message", "details"} under the HTTP status
// that goes with the code, or under `http_status`.
HttpResponse ErrorResponse(const grpc::Status& status);
HttpResponse ErrorResponse(int http_status, const grpc::Status& status);

}  // namespace hwledger
