#pragma once

#include <map>
#include <memory>
#include <string>

#include "clients/qt/daemon.h"
#include "clients/qt/failure.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// A device as it is now, and as it was.
struct DeviceRow {
  v1::Device device;
  // The oldest first.
  QList<double> utilization;  // 0 to 100.
  QList<double> freeBytes;
};

// The devices of the daemon's machine, live.
class DevicesModel : public Rows<DeviceRow> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  Q_PROPERTY(hwledger::Failure failure MEMBER m_failure NOTIFY failureChanged)
  // How many times the charts hold, one a second.
  Q_PROPERTY(int historyLength READ historyLength CONSTANT)

 public:
  explicit DevicesModel(Daemon& daemon, QObject* parent = nullptr);

  int historyLength() const { return 120; }

 signals:
  void failureChanged();

 private:
  void watch();
  void show(const v1::WatchDevicesResponse& answer);

  Daemon& m_daemon;
  std::unique_ptr<MessageStream<v1::WatchDevicesResponse>> m_watch;
  Failure m_failure;
};

}  // namespace hwledger
