#include "server/http_access.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "boost/asio/ip/address.hpp"

namespace hwledger {
namespace {

constexpr std::string_view kContentTypes[] = {
    "application/json", "application/proto", "application/connect+json",
    "application/connect+proto"};

std::vector<std::string> ParseList(std::string_view text) {
  std::vector<std::string> items;
  for (std::string_view item : absl::StrSplit(text, ',')) {
    item = absl::StripAsciiWhitespace(item);
    if (!item.empty()) items.push_back(absl::AsciiStrToLower(item));
  }
  return items;
}

// "[::1]:7421" and "localhost" without port and brackets.
std::string_view WithoutPort(std::string_view host) {
  if (absl::ConsumePrefix(&host, "[")) return host.substr(0, host.find(']'));
  return host.substr(0, host.find(':'));
}

bool IsOwnName(const HttpAccess& access, std::string_view host) {
  const std::string name = absl::AsciiStrToLower(WithoutPort(host));
  if (name == "localhost" || absl::EndsWith(name, ".localhost")) return true;
  boost::system::error_code error;
  const auto ip = boost::asio::ip::make_address(name, error);
  if (!error && ip.is_loopback()) return true;
  return std::ranges::find(access.hosts, name) != access.hosts.end();
}

bool IsAllowedOrigin(const HttpAccess& access, const HttpRequest& request,
                     std::string_view origin) {
  if (std::ranges::find(access.origins, absl::AsciiStrToLower(origin)) !=
      access.origins.end()) {
    return true;
  }
  // A page of ours.
  return absl::EqualsIgnoreCase(
      origin, absl::StrCat("http://", HeaderOf(request, "host")));
}

// A page of another site loads us as a picture, script or frame: browsers send
// no Origin then.
bool IsEmbeddedElsewhere(const HttpRequest& request) {
  const std::string_view site = HeaderOf(request, "sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none" &&
         HeaderOf(request, "sec-fetch-mode") != "navigate";
}

HttpResponse Denied(const std::string& message) {
  return ErrorResponse({grpc::StatusCode::PERMISSION_DENIED, message});
}

}  // namespace

absl::StatusOr<HttpAccess> ParseHttpAccess(std::string_view hosts,
                                           std::string_view origins) {
  HttpAccess access = {.hosts = ParseList(hosts),
                       .origins = ParseList(origins)};
  for (const std::string& origin : access.origins) {
    const size_t name = origin.find("://");
    if (name == origin.npos || name == 0 || name + 3 == origin.size() ||
        origin.find_first_of("/*", name + 3) != origin.npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("http_origins must be scheme://host[:port], with commas "
                       "between; got \"",
                       origin, "\""));
    }
  }
  return access;
}

std::optional<HttpResponse> RefusalOf(const HttpAccess& access,
                                      const HttpRequest& request) {
  const std::string_view host = HeaderOf(request, "host");
  const auto host_count =
      std::ranges::count_if(request.headers, [](const auto& header) {
        return absl::EqualsIgnoreCase(header.first, "host");
      });
  if (host_count > 1 || !IsOwnName(access, host)) {
    return Denied(
        absl::StrCat("Host must be a loopback name or one of http_hosts; got "
                     "\"",
                     host, "\""));
  }
  const std::string_view origin = HeaderOf(request, "origin");
  if (origin.empty() ? IsEmbeddedElsewhere(request)
                     : !IsAllowedOrigin(access, request, origin)) {
    return Denied(absl::StrCat(
        "pages of other sites must be named in http_origins; got \"", origin,
        "\""));
  }
  if (request.method == "POST" &&
      std::ranges::find(kContentTypes, MediaTypeOf(request)) ==
          std::end(kContentTypes)) {
    HttpResponse refusal = ErrorResponse(
        415, {grpc::StatusCode::INVALID_ARGUMENT,
              absl::StrCat("Content-Type must be application/json or "
                           "application/proto; got \"",
                           HeaderOf(request, "content-type"), "\"")});
    refusal.headers = {{"Accept-Post", "application/json, application/proto"}};
    return refusal;
  }
  return std::nullopt;
}

HttpHeaders CorsHeaders(const HttpAccess& access, const HttpRequest& request) {
  const std::string_view origin = HeaderOf(request, "origin");
  if (origin.empty() || !IsAllowedOrigin(access, request, origin)) return {};
  return {{"Access-Control-Allow-Origin", std::string(origin)},
          {"Vary", "Origin"}};
}

HttpResponse PreflightResponse(const HttpRequest& request) {
  HttpResponse response = {
      .status = 204,
      .content_type = "",
      .headers = {{"Access-Control-Allow-Methods", "GET, POST"},
                  {"Access-Control-Max-Age", "600"}}};
  const std::string_view headers =
      HeaderOf(request, "access-control-request-headers");
  if (!headers.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Headers", headers);
  }
  if (HeaderOf(request, "access-control-request-private-network") == "true") {
    response.headers.emplace_back("Access-Control-Allow-Private-Network",
                                  "true");
  }
  return response;
}

}  // namespace hwledger
