#include "server/http_message.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "nlohmann/json.hpp"
#include "server/connect_protocol.h"

namespace hwledger {

std::string_view HeaderOf(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return {};
}

std::string MediaTypeOf(const HttpRequest& request) {
  std::string_view type = HeaderOf(request, "content-type");
  type = type.substr(0, type.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(type));
}

std::string ToText(const nlohmann::json& json) {
  return json.dump(/*indent=*/-1, /*indent_char=*/' ', /*ensure_ascii=*/false,
                   nlohmann::json::error_handler_t::replace);
}

HttpResponse ErrorResponse(const grpc::Status& status) {
  return ErrorResponse(HttpStatusOf(status.error_code()), status);
}

HttpResponse ErrorResponse(int http_status, const grpc::Status& status) {
  return {.status = http_status, .body = ToText(ConnectErrorOf(status))};
}

}  // namespace hwledger
