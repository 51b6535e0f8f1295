#include "clients/qt/saved_daemon.h"

#include <unistd.h>

#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include "clients/qt/translated.h"

namespace hwledger {

QString userSocketAddress() {
  const QString folder = qEnvironmentVariable("XDG_RUNTIME_DIR");
  if (!folder.isEmpty()) return "unix:" + folder + "/hwledger/hwledgerd.sock";
  return QString("unix:/tmp/hwledger-%1/hwledgerd.sock").arg(getuid());
}

QString localAddress() {
  const QString given = qEnvironmentVariable("HWLEDGER_ADDRESS");
  if (!given.isEmpty()) return given;
  const QString socket = userSocketAddress();
  return QFileInfo::exists(socket.mid(5)) ? socket : "127.0.0.1:7420";
}

QString problemOf(const SavedDaemon& daemon) {
  if (daemon.address.contains("://") || !daemon.address.contains(':')) {
    return tr("An address is HOST:PORT or unix:/PATH; this is “%1”.")
        .arg(daemon.address);
  }
  if (!daemon.certificatePath.isEmpty() &&
      !QFileInfo(daemon.certificatePath).isReadable()) {
    return tr("The certificate %1 cannot be read.").arg(daemon.certificatePath);
  }
  if (!daemon.token.isEmpty() && daemon.certificatePath.isEmpty()) {
    return tr(
        "A token is sent over an encrypted connection only, which takes a "
        "certificate.");
  }
  return QString();
}

}  // namespace hwledger
