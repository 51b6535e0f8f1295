#include "tests/qt/daemon_process.h"

#include <QProcessEnvironment>

#include "tests/qt/eventually.h"

namespace hwledger {

DaemonProcess::DaemonProcess() {
  // Of the models of whoever runs the tests it is to know nothing.
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert("HOME", QString::fromStdString(folder_.path()));
  process_.setProcessEnvironment(environment);
  process_.setProgram(HWLEDGER_DAEMON);
  process_.setArguments({"--grpc-address=", "--http-address=", "--socket-path",
                         QString::fromStdString(folder_ / "socket"),
                         "--ledger-path",
                         QString::fromStdString(folder_ / "ledger.db"),
                         "--demo-path", HWLEDGER_DEMO});
  process_.setProcessChannelMode(QProcess::MergedChannels);
}

DaemonProcess::~DaemonProcess() { Stop(); }

std::string DaemonProcess::address() const {
  return "unix:" + (folder_ / "socket");
}

bool DaemonProcess::Start() {
  process_.start();
  QByteArray log;
  return Eventually([this, &log] {
    log += process_.readAll();
    return log.contains("serving on");
  });
}

void DaemonProcess::Kill() {
  process_.kill();
  process_.waitForFinished(-1);
}

void DaemonProcess::Stop() {
  process_.terminate();
  process_.waitForFinished(-1);
}

}  // namespace hwledger
