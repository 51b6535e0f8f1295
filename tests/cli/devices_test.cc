#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class DevicesWatchTest : public CommandTest {
 protected:
  DevicesWatchTest() {
    daemon.watch_devices =
        [this](const v1::WatchDevicesRequest& request,
               grpc::ServerWriter<v1::WatchDevicesResponse>* writer) {
          sent = request;
          for (const int percent : {7, 93}) {
            v1::WatchDevicesResponse response;
            v1::Device& device = *response.add_devices();
            device.set_name("CPU");
            device.set_kind(v1::DEVICE_KIND_CPU);
            device.set_utilization_percent(percent);
            device.set_temperature_celsius(41.6);
            writer->Write(response);
          }
          return grpc::Status::OK;
        };
  }

  v1::WatchDevicesRequest sent;
};

TEST_F(DevicesWatchTest, PutsEachTableInThePlaceOfTheLastOnATerminal) {
  const std::string output =
      RunInTerminal({"devices", "--watch", "--interval", "250"}).output;

  EXPECT_EQ(sent.interval_ms(), 250);
  EXPECT_THAT(output, AllOf(HasSubstr("7 %"), HasSubstr("42 °C"),
                            HasSubstr("\x1b[3A\x1b[J")));
}

TEST_F(DevicesWatchTest, WritesTableAfterTableIntoAPipe) {
  const std::string output = Run({"devices", "--watch"}).output;

  EXPECT_FALSE(sent.has_interval_ms());
  EXPECT_THAT(output, AllOf(HasSubstr("93 %"), Not(HasSubstr("\x1b"))));
}

TEST_F(DevicesWatchTest, PrintsALineOfJsonPerAnswer) {
  const std::string output = Run({"devices", "--watch", "--json"}).output;

  EXPECT_THAT(output, StartsWith("{\"devices\":[{\"name\":\"CPU\""));
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 2);
}

TEST_F(DevicesWatchTest, EndsWellOnInterrupt) {
  daemon.watch_devices = [](const auto&, auto* writer) {
    v1::WatchDevicesResponse response;
    response.add_devices()->set_name("CPU");
    while (writer->Write(response)) {
    }
    return grpc::Status::CANCELLED;
  };
  Child child = Start({"devices", "--watch"}, Options());
  child.ReadUntil("CPU");

  child.Interrupt();

  EXPECT_EQ(child.Wait().exit_code, 0);
}

TEST_F(DevicesWatchTest, RefusesAnIntervalWithoutAWatchOrOutOfRange) {
  EXPECT_EQ(Run({"devices", "--interval", "250"}).exit_code, 2);
  EXPECT_EQ(Run({"devices", "--watch", "--interval", "99"}).exit_code, 2);
}

}  // namespace
}  // namespace hwledger
