#include "server/connect_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "core/field_error.h"
#include "google/rpc/error_details.pb.h"
#include "nlohmann/json.hpp"
#include "server/status.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

// The protocol's own table.
TEST(HttpStatusOfTest, FollowsTheProtocol) {
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::CANCELLED), 499);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::INVALID_ARGUMENT), 400);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::DEADLINE_EXCEEDED), 504);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::NOT_FOUND), 404);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::RESOURCE_EXHAUSTED), 429);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::FAILED_PRECONDITION), 400);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::UNIMPLEMENTED), 501);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::UNAVAILABLE), 503);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(HttpStatusOf(grpc::StatusCode::DATA_LOSS), 500);
}

TEST(ConnectErrorOfTest, TellsCodeMessageAndDetails) {
  const nlohmann::json error =
      ConnectErrorOf(ToGrpc(FieldError("max_tokens", "must be positive")));

  EXPECT_EQ(error["code"], "invalid_argument");
  EXPECT_THAT(error["message"], HasSubstr("max_tokens"));
  ASSERT_EQ(error["details"].size(), 2);
  EXPECT_EQ(error["details"][0]["type"], "google.rpc.BadRequest");
  const std::string value = error["details"][0]["value"];
  EXPECT_EQ(value.find('='), value.npos);
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(value, &bytes));
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(bytes));
  EXPECT_EQ(bad_request.field_violations(0).field(), "max_tokens");
}

TEST(ConnectErrorOfTest, SpellsCanceledItsOwnWay) {
  EXPECT_EQ(ConnectErrorOf({grpc::StatusCode::CANCELLED, "gone"}),
            nlohmann::json({{"code", "canceled"}, {"message", "gone"}}));
}

TEST(EndOfStreamTest, IsEmptyWhereAllWentWell) {
  EXPECT_EQ(EndOfStream(grpc::Status::OK), nlohmann::json::object());
  EXPECT_EQ(
      EndOfStream({grpc::StatusCode::UNAVAILABLE, "stopping"}),
      nlohmann::json::parse(
          R"({"error": {"code": "unavailable", "message": "stopping"}})"));
}

TEST(ParseConnectTimeoutTest, TakesMilliseconds) {
  EXPECT_EQ(*ParseConnectTimeout("1500"), absl::Milliseconds(1500));
  EXPECT_EQ(*ParseConnectTimeout(""), std::nullopt);
  for (const char* wrong : {"-1", "1s", " 1", "12345678901", "+1"}) {
    EXPECT_THAT(ParseConnectTimeout(wrong),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(wrong)));
  }
}

}  // namespace
}  // namespace hwledger
