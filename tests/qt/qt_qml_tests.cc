// Clicks through the window beside the fake daemon; what is clicked stands in
// qml/.
#include <QAccessible>
#include <QLocale>
#include <QQmlContext>
#include <QQmlEngine>
#include <QSettings>
#include <QTemporaryDir>
#include <QtQuickTest>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/log/check.h"
#include "clients/qt/fake/fake_daemon.h"
#include "clients/qt/fake/refusal.h"
#include "clients/qt/session.h"
#include "tests/qt/kept_tokens.h"
#include "tests/qt/window_checks.h"

namespace hwledger {
namespace {

// What tests can do with the daemon, and see of the window beside its items.
class Stage : public QObject {
  Q_OBJECT
  Q_PROPERTY(QString address READ address CONSTANT)
  Q_PROPERTY(QString answer READ answer CONSTANT)

 public:
  explicit Stage(FakeDaemon& daemon) : daemon_(daemon) {}

  QString address() const { return QString::fromStdString(daemon_.address()); }
  QString answer() const {
    return QString::fromStdString(daemon_.answer_markdown());
  }

  Q_INVOKABLE void stop() { daemon_.Stop(); }
  Q_INVOKABLE void startAgain() {
    const absl::Status started = daemon_.StartAgain();
    CHECK(started.ok()) << started;
  }
  // The next call of `method` is refused for a value of `field`.
  Q_INVOKABLE void refuseNext(const QString& method, const QString& field,
                              const QString& message) {
    daemon_.behaviour().FailNext(
        method.toStdString(),
        FieldRefusal(field.toStdString(), message.toStdString()));
  }
  Q_INVOKABLE void write(double tokensPerSecond, int tokens) {
    daemon_.behaviour().SetPace(
        {.tokens_per_second = tokensPerSecond, .token_count = tokens});
  }
  Q_INVOKABLE void setPageSize(int entries) {
    daemon_.behaviour().SetPageSize(entries);
  }
  Q_INVOKABLE int callCount(const QString& method) const {
    return static_cast<int>(
        daemon_.behaviour().CallCount(method.toStdString()));
  }

  Q_INVOKABLE QStringList whatSticksOut(QQuickWindow* window) const {
    return WhatSticksOut(*window);
  }
  Q_INVOKABLE QStringList whatHasNoName(QQuickWindow* window) const {
    return WhatHasNoName(*window);
  }

 private:
  FakeDaemon& daemon_;
};

class Setup : public QObject {
  Q_OBJECT

 public slots:
  void applicationAvailable() {
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    auto daemon = FakeDaemon::Start();
    CHECK(daemon.ok()) << daemon.status();
    daemon_ = *std::move(daemon);
    qputenv("HWLEDGER_ADDRESS", daemon_->address().c_str());
    stage_ = std::make_unique<Stage>(*daemon_);
    session_ =
        std::make_unique<Session>(settings_, keyring_, Session::Options{});
  }
  void qmlEngineAvailable(QQmlEngine* engine) {
    engine->rootContext()->setContextProperty("session", session_.get());
    engine->rootContext()->setContextProperty("stage", stage_.get());
  }
  void cleanupTestCase() {
    session_.reset();
    daemon_.reset();
  }

 private:
  const QTemporaryDir folder_;
  QSettings settings_{folder_.filePath("settings.ini"), QSettings::IniFormat};
  KeptTokens keyring_;
  std::unique_ptr<FakeDaemon> daemon_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<Session> session_;
};

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  int status = 0;
  {
    hwledger::Setup setup;
    status = quick_test_main_with_setup(argc, argv, "hwledger",
                                        QUICK_TEST_SOURCE_DIR, &setup);
  }
  // As hwledger-desktop ends.
  std::fflush(nullptr);
  std::quick_exit(status);
}

#include "qt_qml_tests.moc"
