#include "tests/qt/session_fixture.h"
#include "tests/qt/tls_listener.h"

namespace hwledger {
namespace {

class TlsTest : public SessionTest {
 protected:
  SettingsModel& settings() { return *session_->settings(); }
  // Saves the listener as row 1 and asks it.
  void Ask(const std::string& certificate, const QString& token) {
    ASSERT_EQ(settings().save(settings().count() > 1 ? 1 : -1, "Distant",
                              QString::fromStdString(listener_.address()),
                              QString::fromStdString(certificate), token),
              "");
    settings().select(1);
  }
  bool IsRefused() {
    return session_->daemon()->state() == Daemon::State::Unreachable;
  }

  TlsListener listener_{"the right one"};
};

TEST_F(TlsTest, ConnectsWithCertificateAndToken) {
  Ask(listener_.certificate_path(), "the right one");

  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
  EXPECT_EQ(session_->daemon()->name(), "Distant");
}

TEST_F(TlsTest, SaysThatATokenIsWrong) {
  Ask(listener_.certificate_path(), "a wrong one");

  ASSERT_TRUE(Eventually([this] { return IsRefused(); }));

  EXPECT_EQ(session_->daemon()->problem().toStdString(),
            "The daemon at " + listener_.address() +
                " does not let you in: this token is not known");

  Ask(listener_.certificate_path(), "the right one");

  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
}

TEST_F(TlsTest, SaysThatATokenIsMissing) {
  Ask(listener_.certificate_path(), "");

  ASSERT_TRUE(Eventually([this] { return IsRefused(); }));

  EXPECT_TRUE(session_->daemon()->problem().contains("does not let you in"));
}

TEST_F(TlsTest, DoesNotTrustWhatAnotherAuthoritySigned) {
  Ask(listener_.other_certificate_path(), "the right one");

  EXPECT_TRUE(Eventually([this] { return IsRefused(); }));
  EXPECT_FALSE(Eventually([this] { return IsConnected(); }, 1'500));
}

TEST_F(TlsTest, DoesNotSpeakToItInTheClear) {
  Ask("", "");

  EXPECT_TRUE(Eventually([this] { return IsRefused(); }));
}

TEST_F(TlsTest, FindsTheTokenInTheKeyring) {
  Ask(listener_.certificate_path(), "the right one");
  ASSERT_TRUE(Eventually([this] { return IsConnected(); }));

  Open(daemon_->address());

  EXPECT_EQ(session_->daemon()->name(), "Distant");
  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
}

}  // namespace
}  // namespace hwledger
