#pragma once

#include <grpcpp/grpcpp.h>

#include <QQmlEngine>
#include <QTimer>
#include <memory>

#include "clients/qt/message_stream.h"
#include "clients/qt/saved_daemon.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "hwledger/v1/hardware.grpc.pb.h"
#include "hwledger/v1/inference.grpc.pb.h"
#include "hwledger/v1/ledger.grpc.pb.h"
#include "hwledger/v1/library.grpc.pb.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {

// The daemon that is asked. Knows whether it answers, and connects again by
// itself whenever it does not.
class Daemon : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  Q_PROPERTY(State state READ state NOTIFY stateChanged)
  Q_PROPERTY(QString name READ name NOTIFY replaced)
  Q_PROPERTY(QString address READ address NOTIFY replaced)
  // Why it is unreachable.
  Q_PROPERTY(QString problem READ problem NOTIFY stateChanged)
  // What starts it, for people to type.
  Q_PROPERTY(QString startCommand READ startCommand CONSTANT)
  // Whether start() can: the program is here, and so is the address.
  Q_PROPERTY(bool canStart READ canStart NOTIFY replaced)

 public:
  enum class State { Connecting, Connected, Unreachable };
  Q_ENUM(State)

  explicit Daemon(QObject* parent = nullptr);

  // Asks another one from now on.
  void use(const SavedDaemon& daemon);

  State state() const { return m_state; }
  QString name() const { return m_daemon.name; }
  QString address() const { return m_daemon.address; }
  QString problem() const { return m_problem; }
  QString startCommand() const { return "hwledgerd"; }
  bool canStart() const;

  Q_INVOKABLE void start();
  // Tries to connect now instead of in a while.
  Q_INVOKABLE void retry();

  // Lives until another daemon is used: what this one answers after that is
  // late.
  QObject* connection() { return m_connection.get(); }

  // Good for calls even while nobody answers: those then fail.
  v1::Planner::Stub& planner() { return *m_planner; }
  v1::InferenceRunner::Stub& runner() { return *m_runner; }
  v1::ModelLibrary::Stub& library() { return *m_library; }
  v1::Hardware::Stub& hardware() { return *m_hardware; }
  v1::Ledger::Stub& ledger() { return *m_ledger; }

 signals:
  void stateChanged();
  // Answers again, or another one answers: what is shown of it is out of date.
  void connected();
  void replaced();

 private:
  void watch();
  void setState(State state, const QString& problem);
  void ended(const grpc::Status& status);

  SavedDaemon m_daemon;
  State m_state = State::Connecting;
  QString m_problem;
  QTimer m_retry;
  std::unique_ptr<QObject> m_connection;
  std::unique_ptr<grpc::health::v1::Health::Stub> m_health;
  std::unique_ptr<v1::Planner::Stub> m_planner;
  std::unique_ptr<v1::InferenceRunner::Stub> m_runner;
  std::unique_ptr<v1::ModelLibrary::Stub> m_library;
  std::unique_ptr<v1::Hardware::Stub> m_hardware;
  std::unique_ptr<v1::Ledger::Stub> m_ledger;
  std::unique_ptr<MessageStream<grpc::health::v1::HealthCheckResponse>> m_watch;
};

}  // namespace hwledger
