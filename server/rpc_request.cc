#include "server/rpc_request.h"

#include <cstdint>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "boost/endian/conversion.hpp"
#include "server/connect_protocol.h"
#include "server/http_methods.h"
#include "server/query_parameters.h"
#include "server/status.h"

namespace hwledger {
namespace {

using google::protobuf::MethodDescriptor;

constexpr size_t kEnvelopeHeadBytes = 5;
constexpr char kLastFlag = 2;

HttpResponse NotAllowed(const MethodDescriptor& method) {
  const bool may_get = HasNoSideEffects(method) && !method.server_streaming();
  const std::string allowed = may_get ? "GET, POST" : "POST";
  HttpResponse response = ErrorResponse(
      405, {grpc::StatusCode::UNIMPLEMENTED,
            absl::StrCat(method.full_name(), " takes ", allowed)});
  response.headers = {{"Allow", allowed}};
  return response;
}

HttpResponse WrongType(const HttpRequest& request, const std::string& wanted) {
  HttpResponse response = ErrorResponse(
      415, {grpc::StatusCode::INVALID_ARGUMENT,
            absl::StrCat("Content-Type must be one of ", wanted, "; got \"",
                         HeaderOf(request, "content-type"), "\"")});
  response.headers = {{"Accept-Post", wanted}};
  return response;
}

absl::StatusOr<RpcEncoding> ParseEncoding(std::string_view name) {
  if (name == "json") return RpcEncoding::kJson;
  if (name == "proto") return RpcEncoding::kProto;
  return absl::InvalidArgumentError(
      absl::StrCat("encoding must be json or proto; got \"", name, "\""));
}

absl::Status CheckCompression(std::string_view name) {
  if (name.empty() || name == "identity") return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("compression must be identity; got \"", name, "\""));
}

// Without parameters: an empty message, so that a browser can be pointed at it.
absl::StatusOr<RpcRequest> ReadGet(const HttpRequest& request) {
  ABSL_ASSIGN_OR_RETURN(auto parameters, ParseQueryParameters(request.query));
  RpcRequest read;
  if (parameters.contains("encoding")) {
    ABSL_ASSIGN_OR_RETURN(read.encoding, ParseEncoding(parameters["encoding"]));
  }
  ABSL_RETURN_IF_ERROR(CheckCompression(parameters["compression"]));
  const std::string& version = parameters["connect"];
  if (!version.empty() && version != "v1") {
    return absl::InvalidArgumentError(
        absl::StrCat("connect must be v1; got \"", version, "\""));
  }
  const bool has_message = parameters.contains("message");
  read.message = parameters["message"];
  if (parameters["base64"] == "1" &&
      !absl::WebSafeBase64Unescape(parameters["message"], &read.message)) {
    return absl::InvalidArgumentError("message is not URL-safe base64");
  }
  if (!has_message && read.encoding == RpcEncoding::kJson) {
    read.message = "{}";
  }
  return read;
}

absl::StatusOr<std::string> Unwrapped(std::string_view body) {
  if (body.size() < kEnvelopeHeadBytes || body[0] != 0 ||
      boost::endian::load_big_u32(reinterpret_cast<const unsigned char*>(
          body.data() + 1)) != body.size() - kEnvelopeHeadBytes) {
    return absl::InvalidArgumentError(
        "the body must be one message in an envelope, not compressed");
  }
  return std::string(body.substr(kEnvelopeHeadBytes));
}

absl::StatusOr<RpcRequest> ReadPost(const HttpRequest& request,
                                    std::string_view type) {
  RpcRequest read = {.encoding = absl::EndsWith(type, "json")
                                     ? RpcEncoding::kJson
                                     : RpcEncoding::kProto};
  if (absl::StartsWith(type, "application/connect+")) {
    read.form = RpcStreamForm::kEnvelopes;
    ABSL_ASSIGN_OR_RETURN(read.message, Unwrapped(request.body));
    return read;
  }
  ABSL_RETURN_IF_ERROR(CheckCompression(HeaderOf(request, "content-encoding")));
  read.message = request.body;
  return read;
}

absl::StatusOr<RpcRequest> Read(const HttpRequest& request,
                                std::string_view type) {
  const std::string_view version =
      HeaderOf(request, "connect-protocol-version");
  if (!version.empty() && version != "1") {
    return absl::InvalidArgumentError(absl::StrCat(
        "Connect-Protocol-Version must be 1; got \"", version, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(
      const auto timeout,
      ParseConnectTimeout(HeaderOf(request, "connect-timeout-ms")));
  ABSL_ASSIGN_OR_RETURN(RpcRequest read, request.method == "GET"
                                             ? ReadGet(request)
                                             : ReadPost(request, type));
  read.timeout = timeout;
  return read;
}

}  // namespace

std::variant<RpcRequest, HttpResponse> ReadRpcRequest(
    const HttpRequest& request, const MethodDescriptor& method) {
  if (method.client_streaming()) {
    return ErrorResponse(
        {grpc::StatusCode::UNIMPLEMENTED,
         absl::StrCat(method.full_name(),
                      " takes a stream of requests: over gRPC only")});
  }
  const std::string type = MediaTypeOf(request);
  if (request.method == "POST") {
    const bool is_enveloped = absl::StartsWith(type, "application/connect+");
    const bool is_proto = type == "application/proto";
    if (method.server_streaming() ? is_proto : is_enveloped) {
      return WrongType(request, method.server_streaming()
                                    ? "application/json, "
                                      "application/connect+json, "
                                      "application/connect+proto"
                                    : "application/json, application/proto");
    }
  } else if (request.method != "GET" || !HasNoSideEffects(method) ||
             method.server_streaming()) {
    return NotAllowed(method);
  }
  absl::StatusOr<RpcRequest> read = Read(request, type);
  if (!read.ok()) return ErrorResponse(ToGrpc(read.status()));
  return *std::move(read);
}

std::string Envelope(std::string_view message, bool is_last) {
  std::string envelope(kEnvelopeHeadBytes, '\0');
  if (is_last) envelope[0] = kLastFlag;
  boost::endian::store_big_u32(
      reinterpret_cast<unsigned char*>(envelope.data() + 1),
      static_cast<uint32_t>(message.size()));
  return envelope.append(message);
}

}  // namespace hwledger
