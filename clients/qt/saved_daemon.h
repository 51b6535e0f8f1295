#pragma once

#include <QString>

namespace hwledger {

// How to reach a daemon.
struct SavedDaemon {
  QString name;
  // "host:port" or "unix:/path".
  QString address;
  // With a certificate (PEM), that of the authority whose signature the
  // daemon's own must bear, the connection is encrypted. Empty: it is not.
  QString certificatePath;
  // Sent with each call as a bearer token; only over an encrypted connection.
  QString token;

  friend bool operator==(const SavedDaemon&, const SavedDaemon&) = default;
};

// "unix:/path" of the socket that a daemon of this user has by itself.
QString userSocketAddress();

// Of this machine: HWLEDGER_ADDRESS, else this user's socket if there is one,
// else 127.0.0.1:7420.
QString localAddress();

// Why nothing can be reached at `daemon`, as far as one can see that without
// trying. Empty: it may be.
QString problemOf(const SavedDaemon& daemon);

}  // namespace hwledger
