#include "server/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/retry_delay.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace hwledger {
namespace {

TEST(ToGrpcTest, CarriesTheFieldInItsDetails) {
  const grpc::Status status =
      ToGrpc(FieldError("batch_size", "must be at most 256; got 300"));

  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(0).UnpackTo(&bad_request));
  ASSERT_TRUE(details.details(1).UnpackTo(&info));
  EXPECT_EQ(status.error_message(), "batch_size must be at most 256; got 300");
  EXPECT_EQ(bad_request.field_violations(0).field(), "batch_size");
  EXPECT_EQ(info.domain(), "hwledger");
}

TEST(ToGrpcTest, TellsWhenToTryAgain) {
  const grpc::Status status = ToGrpc(WithRetryDelay(
      absl::UnavailableError("demo crashed"), absl::Milliseconds(1500)));

  google::rpc::Status details;
  google::rpc::RetryInfo retry;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(1).UnpackTo(&retry));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
}

TEST(ToGrpcTest, StaysUnderFourKibibytesWhateverItQuotes) {
  const std::string value(1 << 20, 'x');

  const grpc::Status status = ToGrpc(FieldError("model_id", value));

  EXPECT_LT(status.error_message().size() + status.error_details().size(),
            4096u);
  EXPECT_THAT(status.error_message(), testing::EndsWith("…"));
}

TEST(ToGrpcTest, SendsValidUtf8WhateverAFileWasNamed) {
  const grpc::Status status = ToGrpc(absl::NotFoundError("no file: \xFF"));

  EXPECT_EQ(status.error_message(), "no file: \uFFFD");
}

}  // namespace
}  // namespace hwledger
