#include "server/rpc_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"
#include "server/http_methods.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

const MethodDescriptor& Method(const std::string& path) {
  static const HttpMethods methods({"hwledger.v1.Planner",
                                    "hwledger.v1.ModelLibrary",
                                    "hwledger.v1.InferenceRunner"});
  // Referring to them keeps their descriptions in the program.
  v1::EstimateVramRequest::descriptor();
  v1::GetModelRequest::descriptor();
  v1::RunInferenceRequest::descriptor();
  return *methods.Find("/hwledger.v1." + path);
}

HttpRequest Post(const std::string& type, const std::string& body) {
  return {.method = "POST", .headers = {{"content-type", type}}, .body = body};
}

RpcRequest Read(const HttpRequest& request, const std::string& path) {
  auto read = ReadRpcRequest(request, Method(path));
  if (const auto* refusal = std::get_if<HttpResponse>(&read)) {
    ADD_FAILURE() << refusal->body;
    return {};
  }
  return std::get<RpcRequest>(read);
}

HttpResponse Refusal(const HttpRequest& request, const std::string& path) {
  auto read = ReadRpcRequest(request, Method(path));
  const auto* refusal = std::get_if<HttpResponse>(&read);
  return refusal == nullptr ? HttpResponse{} : *refusal;
}

TEST(ReadRpcRequestTest, TakesABodyInEitherEncoding) {
  HttpRequest json = Post("application/json", "{}");
  json.headers.emplace_back("Connect-Timeout-Ms", "250");
  const RpcRequest proto =
      Read(Post("application/proto", "ab"), "ModelLibrary/GetModel");

  EXPECT_EQ(Read(json, "Planner/EstimateVram").message, "{}");
  EXPECT_EQ(Read(json, "Planner/EstimateVram").timeout,
            absl::Milliseconds(250));
  EXPECT_EQ(proto.encoding, RpcEncoding::kProto);
  EXPECT_EQ(proto.message, "ab");
}

TEST(ReadRpcRequestTest, TakesTheMessageFromTheQueryOfAGet) {
  const RpcRequest json =
      Read({.method = "GET",
            .query = "connect=v1&encoding=json&message=%7B%22model_id%22%3A"
                     "%22demo%22%7D"},
           "ModelLibrary/GetModel");
  const RpcRequest proto = Read(
      {.method = "GET", .query = "encoding=proto&base64=1&message=CgRkZW1v"},
      "ModelLibrary/GetModel");

  EXPECT_EQ(json.message, R"({"model_id":"demo"})");
  EXPECT_EQ(proto.encoding, RpcEncoding::kProto);
  EXPECT_EQ(proto.message,
            "\x0a\x04"
            "demo");
  EXPECT_EQ(Read({.method = "GET"}, "ModelLibrary/ListModels").message, "{}");
}

TEST(ReadRpcRequestTest, GetsOnlyWhatChangesNothing) {
  const HttpResponse unload =
      Refusal({.method = "GET"}, "ModelLibrary/UnloadModel");
  const HttpResponse put =
      Refusal({.method = "PUT"}, "ModelLibrary/ListModels");

  EXPECT_EQ(unload.status, 405);
  EXPECT_EQ(unload.headers.at(0).second, "POST");
  EXPECT_EQ(put.headers.at(0).second, "GET, POST");
}

TEST(ReadRpcRequestTest, TakesOneEnvelopeForAStream) {
  const std::string envelope = Envelope("{}", /*is_last=*/false);
  const RpcRequest read = Read(Post("application/connect+json", envelope),
                               "InferenceRunner/RunInference");
  const auto status = [](const std::string& body) {
    return Refusal(Post("application/connect+json", body),
                   "InferenceRunner/RunInference")
        .status;
  };

  EXPECT_EQ(envelope, std::string("\0\0\0\0\2{}", 7));
  EXPECT_EQ(read.form, RpcStreamForm::kEnvelopes);
  EXPECT_EQ(read.message, "{}");
  EXPECT_EQ(status(""), 400);
  EXPECT_EQ(status(envelope + "x"), 400);
  EXPECT_EQ(status("\1" + envelope.substr(1)), 400);
}

TEST(ReadRpcRequestTest, SaysWhichTypesAMethodTakes) {
  EXPECT_EQ(
      Refusal(Post("application/connect+json", ""), "Planner/EstimateVram")
          .status,
      415);
  EXPECT_EQ(
      Refusal(Post("application/proto", ""), "InferenceRunner/RunInference")
          .status,
      415);
  EXPECT_THAT(Refusal(Post("application/json", ""), "Planner/WatchVram").body,
              HasSubstr("stream of requests"));
}

TEST(ReadRpcRequestTest, RefusesWhatItDoesNotKnow) {
  const auto get = [](const char* query) {
    return Refusal({.method = "GET", .query = query}, "ModelLibrary/GetModel");
  };
  HttpRequest version = Post("application/json", "{}");
  version.headers.emplace_back("connect-protocol-version", "2");
  HttpRequest packed = Post("application/json", "{}");
  packed.headers.emplace_back("content-encoding", "gzip");

  EXPECT_THAT(get("encoding=xml").body, HasSubstr("xml"));
  EXPECT_THAT(get("connect=v2").body, HasSubstr("v2"));
  EXPECT_THAT(get("base64=1&message=%21").body, HasSubstr("base64"));
  EXPECT_THAT(get("message=%7").body, HasSubstr("%7"));
  EXPECT_EQ(get("compression=gzip").status, 501);
  EXPECT_THAT(Refusal(version, "ModelLibrary/GetModel").body, HasSubstr("2"));
  EXPECT_EQ(Refusal(packed, "ModelLibrary/GetModel").status, 501);
}

}  // namespace
}  // namespace hwledger
