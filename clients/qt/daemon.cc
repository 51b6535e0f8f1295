#include "clients/qt/daemon.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <chrono>
#include <string>
#include <vector>

#include "clients/qt/failure.h"

namespace hwledger {
namespace {

using grpc::health::v1::HealthCheckResponse;

// Soon enough after a daemon was started, seldom enough where there is none.
constexpr std::chrono::milliseconds kRetryInterval(500);
// The list of a large library is the largest answer.
constexpr int kAnswerBytesMax = 16 << 20;

std::shared_ptr<grpc::ChannelCredentials> credentialsOf(
    const SavedDaemon& daemon) {
  if (daemon.certificatePath.isEmpty()) {
    return grpc::InsecureChannelCredentials();
  }
  QFile file(daemon.certificatePath);
  if (!file.open(QIODevice::ReadOnly)) {
    return grpc::InsecureChannelCredentials();
  }
  auto encrypted =
      grpc::SslCredentials({.pem_root_certs = file.readAll().toStdString()});
  if (daemon.token.isEmpty()) return encrypted;
  return grpc::CompositeChannelCredentials(
      encrypted, grpc::AccessTokenCredentials(daemon.token.toStdString()));
}

std::shared_ptr<grpc::Channel> channelTo(const SavedDaemon& daemon) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // A connection of its own, so that another token or certificate counts at
  // once.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(daemon.address.toStdString(),
                                   credentialsOf(daemon), arguments);
}

// Beside this program, else wherever programs are.
QString daemonProgram() {
  const QString name = "hwledgerd";
  const QString beside = QStandardPaths::findExecutable(
      name, {QCoreApplication::applicationDirPath()});
  return beside.isEmpty() ? QStandardPaths::findExecutable(name) : beside;
}

bool isHere(const QString& address) {
  return address.startsWith("unix:") || address.startsWith("127.") ||
         address.startsWith("localhost:") || address.startsWith("[::1]:");
}

}  // namespace

Daemon::Daemon(QObject* parent) : QObject(parent) {
  m_retry.setSingleShot(true);
  m_retry.setInterval(kRetryInterval);
  connect(&m_retry, &QTimer::timeout, this, &Daemon::watch);
}

void Daemon::use(const SavedDaemon& daemon) {
  m_daemon = daemon;
  m_watch.reset();
  m_retry.stop();
  m_connection = std::make_unique<QObject>();
  const std::shared_ptr<grpc::Channel> channel = channelTo(daemon);
  m_health = grpc::health::v1::Health::NewStub(channel);
  m_planner = v1::Planner::NewStub(channel);
  m_runner = v1::InferenceRunner::NewStub(channel);
  m_library = v1::ModelLibrary::NewStub(channel);
  m_hardware = v1::Hardware::NewStub(channel);
  m_ledger = v1::Ledger::NewStub(channel);
  setState(State::Connecting, QString());
  emit replaced();
  watch();
}

bool Daemon::canStart() const {
  return isHere(m_daemon.address) && !daemonProgram().isEmpty();
}

void Daemon::start() {
  QStringList arguments;
  if (m_daemon.address.startsWith("unix:")) {
    // At a place of its own it is not to take the usual ports.
    arguments = {"--socket-path", m_daemon.address.mid(5)};
    if (m_daemon.address != userSocketAddress()) {
      arguments += {"--grpc-address", "", "--http-address", ""};
    }
  } else {
    arguments = {"--grpc-address", m_daemon.address};
  }
  if (QProcess::startDetached(daemonProgram(), arguments)) {
    retry();
  } else {
    setState(State::Unreachable,
             tr("%1 could not be started.").arg(daemonProgram()));
  }
}

void Daemon::retry() {
  if (m_state != State::Unreachable) return;
  setState(State::Connecting, QString());
  watch();
}

void Daemon::watch() {
  m_retry.stop();
  if (const QString problem = problemOf(m_daemon); !problem.isEmpty()) {
    setState(State::Unreachable, problem);
    return;
  }
  const auto start = [this](grpc::ClientContext* context, auto* reactor) {
    static const grpc::health::v1::HealthCheckRequest request;
    m_health->async()->Watch(context, &request, reactor);
  };
  const auto received =
      [this](const std::vector<HealthCheckResponse>& answers) {
        if (answers.back().status() == HealthCheckResponse::SERVING) {
          setState(State::Connected, QString());
        } else {
          setState(State::Unreachable, tr("The daemon is about to stop."));
        }
      };
  m_watch = std::make_unique<MessageStream<HealthCheckResponse>>(
      start, received, [this](const grpc::Status& status) { ended(status); });
}

void Daemon::ended(const grpc::Status& status) {
  // What gRPC has to say of a connection is for programmers.
  const bool isSilent = status.ok() || status.error_details().empty();
  const bool isRefused =
      status.error_code() == grpc::StatusCode::UNAUTHENTICATED ||
      status.error_code() == grpc::StatusCode::PERMISSION_DENIED;
  QString problem = tr("No daemon answers at %1.").arg(m_daemon.address);
  if (isRefused) {
    problem = tr("The daemon at %1 does not let you in: %2")
                  .arg(m_daemon.address,
                       QString::fromStdString(status.error_message()));
  } else if (!isSilent) {
    problem = Failure::of(status).message;
  }
  setState(State::Unreachable, problem);
  m_retry.start();
}

void Daemon::setState(State state, const QString& problem) {
  if (m_state == state && m_problem == problem) return;
  const bool isNew = state == State::Connected && m_state != State::Connected;
  m_state = state;
  m_problem = problem;
  emit stateChanged();
  if (isNew) emit connected();
}

}  // namespace hwledger
