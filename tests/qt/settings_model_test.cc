#include "clients/qt/settings_model.h"

#include <QFile>

#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

class SettingsModelTest : public SessionTest {
 protected:
  SettingsModel& settings() { return *session_->settings(); }
  QString certificate() {
    QFile file(folder_path("ca.pem"));
    if (file.open(QIODevice::WriteOnly)) file.write("no certificate\n");
    return file.fileName();
  }
  // As if the program were started once more.
  void StartAgain() { Open(daemon_->address()); }
};

TEST_F(SettingsModelTest, BeginsWithThisMachine) {
  ASSERT_EQ(settings().count(), 1);
  EXPECT_EQ(settings().current(), 0);
  EXPECT_EQ(RowValue(settings(), 0, "address").toString().toStdString(),
            daemon_->address());
}

TEST_F(SettingsModelTest, SwitchesBetweenDaemons) {
  const auto other = FakeDaemon::Start();
  ASSERT_THAT(other, IsOk());
  EXPECT_EQ(
      settings().save(-1, "Other", QString::fromStdString((*other)->address()),
                      "", ""),
      "");
  ASSERT_EQ(settings().count(), 2);

  settings().select(1);

  EXPECT_EQ(session_->daemon()->name(), "Other");
  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
  EXPECT_TRUE(Eventually(
      [&] { return (*other)->behaviour().CallCount("ListModels") > 0; }));

  settings().remove(1);

  EXPECT_EQ(settings().current(), 0);
  EXPECT_EQ(session_->daemon()->address().toStdString(), daemon_->address());
}

TEST_F(SettingsModelTest, KeepsDaemonsAndTheirOrder) {
  settings().save(-1, "B", "localhost:1", "", "");
  settings().save(-1, "A", "localhost:2", certificate(), "");
  settings().save(1, "C", "localhost:3", "", "");
  settings().select(2);

  StartAgain();

  ASSERT_EQ(settings().count(), 3);
  EXPECT_EQ(settings().current(), 2);
  EXPECT_EQ(RowValue(settings(), 1, "name"), "C");
  EXPECT_EQ(RowValue(settings(), 1, "address"), "localhost:3");
  EXPECT_EQ(RowValue(settings(), 2, "name"), "A");
  EXPECT_EQ(RowValue(settings(), 2, "certificate"), certificate());
}

TEST_F(SettingsModelTest, RefusesWhatCannotBeReached) {
  EXPECT_NE(settings().save(-1, "", "localhost:1", "", ""), "");
  EXPECT_TRUE(settings()
                  .save(-1, "A", "http://localhost", "", "")
                  .contains("http://localhost"));
  EXPECT_TRUE(settings()
                  .save(-1, "A", "localhost:1", "/no/such.pem", "")
                  .contains("/no/such.pem"));
  EXPECT_EQ(settings().count(), 1);

  settings().save(-1, "A", "localhost:1", "", "");

  EXPECT_NE(settings().save(-1, "A", "localhost:2", "", ""), "");
  EXPECT_EQ(settings().count(), 2);
}

TEST_F(SettingsModelTest, SendsNoTokenInTheClear) {
  EXPECT_NE(settings().save(-1, "A", "localhost:1", "", "secret"), "");

  EXPECT_EQ(settings().count(), 1);
}

TEST_F(SettingsModelTest, KeepsTokensInTheKeyringAlone) {
  EXPECT_TRUE(settings().keyringAvailable());

  EXPECT_EQ(settings().save(-1, "A", "localhost:1", certificate(), "secret"),
            "");

  EXPECT_EQ(keyring_.secrets["A"], "secret");
  settings_.sync();
  QFile file(settings_.fileName());
  ASSERT_TRUE(file.open(QIODevice::ReadOnly));
  EXPECT_FALSE(file.readAll().contains("secret"));

  StartAgain();

  EXPECT_TRUE(Eventually(
      [this] { return RowValue(settings(), 1, "hasToken").toBool(); }));

  settings().remove(1);

  EXPECT_TRUE(keyring_.secrets.empty());
}

TEST_F(SettingsModelTest, ForgetsTokensAtTheEndWithoutAKeyring) {
  keyring_.available = false;
  EXPECT_FALSE(settings().keyringAvailable());

  EXPECT_EQ(settings().save(-1, "A", "localhost:1", certificate(), "secret"),
            "");

  EXPECT_EQ(RowValue(settings(), 1, "hasToken"), true);
  EXPECT_TRUE(keyring_.secrets.empty());

  StartAgain();

  ASSERT_EQ(settings().count(), 2);
  EXPECT_EQ(RowValue(settings(), 1, "hasToken"), false);
}

TEST_F(SettingsModelTest, KeepsHowTheWindowLooks) {
  EXPECT_EQ(settings().theme(), "system");
  EXPECT_EQ(settings().language(), "");

  settings().setTheme("dark");
  settings().setLanguage("de");
  StartAgain();

  EXPECT_EQ(settings().theme(), "dark");
  EXPECT_EQ(settings().language(), "de");
}

// The tests' main() has seen to it that no desktop can be found.
TEST(SystemKeyringTest, IsNotThereWithoutADesktop) {
  EXPECT_FALSE(SystemKeyring().isAvailable());
}

}  // namespace
}  // namespace hwledger
