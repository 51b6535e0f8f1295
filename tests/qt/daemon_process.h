#pragma once

#include <QProcess>
#include <string>

#include "tests/temporary_folder.h"

namespace hwledger {

// A real daemon, on a Unix socket of its own and nowhere else.
class DaemonProcess {
 public:
  DaemonProcess();
  ~DaemonProcess();

  // As clients take it.
  std::string address() const;

  // Returns once it listens. False: it does not.
  bool Start();
  // As when it crashes.
  void Kill();
  // As when the machine shuts down.
  void Stop();

 private:
  TemporaryFolder folder_;
  QProcess process_;
};

}  // namespace hwledger
