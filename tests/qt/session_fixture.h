#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <memory>
#include <string>

#include "clients/qt/fake/fake_daemon.h"
#include "clients/qt/session.h"
#include "tests/qt/eventually.h"
#include "tests/qt/kept_tokens.h"
#include "tests/qt/printing.h"
#include "tests/qt/row_value.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {

// All that the window shows, without the window. Call Open first.
class OpenSession : public testing::Test {
 protected:
  // Asks the daemon at `address`.
  void Open(const std::string& address) {
    qputenv("HWLEDGER_ADDRESS", address.c_str());
    session_ = std::make_unique<Session>(
        settings_, keyring_,
        Session::Options{.historyPath = folder_path("conversations.json")});
  }
  bool IsConnected() {
    return session_->daemon()->state() == Daemon::State::Connected;
  }
  QString folder_path(const char* name) {
    return QString::fromStdString(folder_ / name);
  }

  static Failure FailureOf(const QObject& model) {
    return model.property("failure").value<Failure>();
  }

  PlannerModel& planner() { return *session_->planner(); }
  RunModel& run() { return *session_->run(); }
  LibraryModel& library() { return *session_->library(); }
  LedgerModel& ledger() { return *session_->ledger(); }

  // The last turn of the conversation.
  const Turn& answer() { return run().turns()->all().back(); }
  bool IsIdle() { return run().state() == RunModel::State::Idle; }

  TemporaryFolder folder_;
  QSettings settings_{folder_path("settings.ini"), QSettings::IniFormat};
  KeptTokens keyring_;
  std::unique_ptr<Session> session_;
};

// The same beside the fake daemon, connected.
class SessionTest : public OpenSession {
 protected:
  void SetUp() override {
    auto daemon = FakeDaemon::Start();
    ASSERT_THAT(daemon, IsOk());
    daemon_ = *std::move(daemon);
    Open(daemon_->address());
    ASSERT_TRUE(Eventually(
        [this] { return IsConnected() && planner().choices()->count() > 0; }));
  }

  Behaviour& behaviour() { return daemon_->behaviour(); }

  std::unique_ptr<FakeDaemon> daemon_;
};

}  // namespace hwledger
