#include "clients/qt/daemon.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>

#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

// The process that listens at the Unix socket `path`; 0: none.
pid_t ListenerAt(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address = {.sun_family = AF_UNIX};
  path.copy(static_cast<char*>(address.sun_path), sizeof(address.sun_path) - 1);
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0) {
    getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size);
  }
  close(descriptor);
  return peer.pid;
}

using DaemonTest = SessionTest;

TEST_F(DaemonTest, SaysThatNobodyAnswers) {
  daemon_->Stop();

  ASSERT_TRUE(Eventually([this] {
    return session_->daemon()->state() == Daemon::State::Unreachable;
  }));
  EXPECT_EQ(session_->daemon()->problem().toStdString(),
            "No daemon answers at " + daemon_->address() + ".");
  EXPECT_EQ(session_->daemon()->startCommand(), "hwledgerd");
}

TEST_F(DaemonTest, ConnectsAgainByItself) {
  const QSignalSpy connected(session_->daemon(), &Daemon::connected);
  daemon_->Stop();
  ASSERT_TRUE(Eventually([this] { return !IsConnected(); }));

  ASSERT_THAT(daemon_->StartAgain(), IsOk());

  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
  EXPECT_EQ(connected.count(), 1);
  EXPECT_EQ(session_->daemon()->problem(), "");
}

class StartedDaemonTest : public OpenSession {
 protected:
  void SetUp() override {
    qputenv("HOME", folder_.path().c_str());
    qputenv("HWLEDGER_GRPC_ADDRESS", "");
    qputenv("HWLEDGER_HTTP_ADDRESS", "");
    qputenv("HWLEDGER_LEDGER_PATH", "");
    Open("unix:" + socket_);
  }
  void TearDown() override {
    if (const pid_t process = ListenerAt(socket_); process > 0) {
      kill(process, SIGTERM);
      EXPECT_TRUE(Eventually([this] { return ListenerAt(socket_) == 0; }));
    }
  }

  const std::string socket_ = folder_ / "socket";
};

TEST_F(StartedDaemonTest, ConnectsToTheDaemonThatItStarts) {
  ASSERT_TRUE(Eventually([this] {
    return session_->daemon()->state() == Daemon::State::Unreachable;
  }));
  ASSERT_TRUE(session_->daemon()->canStart());

  session_->daemon()->start();

  EXPECT_TRUE(Eventually([this] { return IsConnected(); }));
  EXPECT_GT(ListenerAt(socket_), 0);
}

}  // namespace
}  // namespace hwledger
