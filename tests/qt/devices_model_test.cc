#include "clients/qt/devices_model.h"

#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::Gt;
using ::testing::SizeIs;

class DevicesModelTest : public SessionTest {
 protected:
  DevicesModel& devices() { return *session_->devices(); }
  QList<double> History(const char* role) {
    return RowValue(devices(), 0, role).value<QList<double>>();
  }
};

TEST_F(DevicesModelTest, ShowsWhatTheMachineHas) {
  ASSERT_TRUE(Eventually([this] { return devices().count() == 1; }));

  EXPECT_EQ(RowValue(devices(), 0, "name"), "CPU");
  EXPECT_EQ(RowValue(devices(), 0, "totalText"), "23.5 GiB");
  EXPECT_THAT(RowValue(devices(), 0, "freeBytes").toDouble(), Gt(0));
  EXPECT_FALSE(FailureOf(devices()).isSet());
}

TEST_F(DevicesModelTest, RemembersWhatWas) {
  ASSERT_TRUE(
      Eventually([this] { return History("freeHistory").size() >= 3; }));

  // The first answer has no utilization.
  EXPECT_THAT(History("utilizationHistory"),
              SizeIs(History("freeHistory").size() - 1));
  EXPECT_THAT(History("utilizationHistory"), Each(Gt(0)));
  EXPECT_EQ(History("freeHistory").last(),
            RowValue(devices(), 0, "freeBytes").toDouble());
}

TEST_F(DevicesModelTest, GoesOnOnceTheDaemonIsBack) {
  ASSERT_TRUE(Eventually([this] { return devices().count() == 1; }));
  daemon_->Stop();
  ASSERT_TRUE(Eventually([this] { return !IsConnected(); }));
  const auto before = History("freeHistory").size();

  ASSERT_THAT(daemon_->StartAgain(), IsOk());

  EXPECT_TRUE(
      Eventually([&] { return History("freeHistory").size() > before; }));
  EXPECT_FALSE(FailureOf(devices()).isSet());
}

}  // namespace
}  // namespace hwledger
