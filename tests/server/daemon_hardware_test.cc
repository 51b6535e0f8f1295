#include "absl/time/time.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

absl::Time MeasuredAt(const v1::WatchDevicesResponse& response) {
  return absl::FromUnixSeconds(response.measured_at().seconds()) +
         absl::Nanoseconds(response.measured_at().nanos());
}

class DaemonHardwareTest : public DaemonTest {
 protected:
  void SetUp() override {
    DaemonTest::SetUp();
    hardware_ = v1::Hardware::NewStub(channel_);
  }
  std::unique_ptr<grpc::ClientReader<v1::WatchDevicesResponse>> Watch(
      int32_t interval_ms) {
    v1::WatchDevicesRequest request;
    request.set_interval_ms(interval_ms);
    return hardware_->WatchDevices(&context_, request);
  }

  std::unique_ptr<v1::Hardware::Stub> hardware_;
  grpc::ClientContext context_;
};

TEST_F(DaemonHardwareTest, TellsTheDevicesAgainAndAgain) {
  const auto watch = Watch(100);

  v1::WatchDevicesResponse first;
  v1::WatchDevicesResponse third;
  ASSERT_TRUE(watch->Read(&first));
  ASSERT_TRUE(watch->Read(&third));
  ASSERT_TRUE(watch->Read(&third));

  EXPECT_EQ(first.devices(0).name(), "CPU");
  EXPECT_GT(first.devices(0).free_bytes(), 0);
  EXPECT_FALSE(first.devices(0).has_utilization_percent());
  // A tick of the system's is 10 ms.
  EXPECT_TRUE(third.devices(0).has_utilization_percent());
  EXPECT_GE(third.devices(0).utilization_percent(), 0);
  EXPECT_LE(third.devices(0).utilization_percent(), 100);
  // The first one may have come late.
  EXPECT_GE(MeasuredAt(third) - MeasuredAt(first), absl::Milliseconds(90));
}

TEST_F(DaemonHardwareTest, EndsAWatchWithTheClient) {
  const auto watch = Watch(60'000);
  v1::WatchDevicesResponse response;
  ASSERT_TRUE(watch->Read(&response));

  context_.TryCancel();

  EXPECT_FALSE(watch->Read(&response));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(DaemonHardwareTest, EndsAWatchWithTheDaemon) {
  const auto watch = Watch(60'000);
  v1::WatchDevicesResponse response;
  ASSERT_TRUE(watch->Read(&response));

  daemon_->Stop(absl::ZeroDuration());

  EXPECT_FALSE(watch->Read(&response));
  EXPECT_THAT(watch->Finish(), IsGrpcError(grpc::StatusCode::UNAVAILABLE,
                                           HasSubstr("stopping")));
}

TEST_F(DaemonHardwareTest, RefusesAnIntervalOutOfRange) {
  for (const int32_t interval : {99, 60'001, -1}) {
    grpc::ClientContext context;
    v1::WatchDevicesRequest request;
    request.set_interval_ms(interval);
    const auto watch = hardware_->WatchDevices(&context, request);
    v1::WatchDevicesResponse response;

    EXPECT_FALSE(watch->Read(&response));
    EXPECT_THAT(watch->Finish(),
                IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                            AllOf(HasSubstr("interval_ms"),
                                  HasSubstr(absl::StrCat(interval)))));
  }
}

TEST_F(DaemonHardwareTest, WatchesForSeveralClientsAtOnce) {
  const auto slow = Watch(60'000);
  v1::WatchDevicesResponse response;
  ASSERT_TRUE(slow->Read(&response));

  grpc::ClientContext context;
  v1::WatchDevicesRequest request;
  request.set_interval_ms(100);
  const auto quick = hardware_->WatchDevices(&context, request);

  for (int i = 0; i < 3; ++i) EXPECT_TRUE(quick->Read(&response));
  context.TryCancel();
  context_.TryCancel();
  quick->Finish().ok();
  slow->Finish().ok();
}

}  // namespace
}  // namespace hwledger
