#include "clients/qt/devices_model.h"

#include <QLocale>
#include <utility>

#include "clients/qt/enum_text.h"
#include "clients/qt/quantity_text.h"

namespace hwledger {
namespace {

QString bytesOrUnknown(bool isKnown, int64_t bytes) {
  return isKnown ? bytesText(bytes) : DevicesModel::tr("unknown");
}

void remember(double value, qsizetype lengthMax, QList<double>& history) {
  history.append(value);
  if (history.size() > lengthMax) history.removeFirst();
}

}  // namespace

DevicesModel::DevicesModel(Daemon& daemon, QObject* parent)
    : Rows(
          {
              {"name",
               [](const DeviceRow& row) -> QVariant {
                 return QString::fromStdString(row.device.name());
               }},
              {"description",
               [](const DeviceRow& row) -> QVariant {
                 return QString::fromStdString(row.device.description());
               }},
              {"kindText",
               [](const DeviceRow& row) -> QVariant {
                 return deviceKindText(row.device.kind());
               }},
              {"totalText",
               [](const DeviceRow& row) -> QVariant {
                 return bytesOrUnknown(row.device.has_total_bytes(),
                                       row.device.total_bytes());
               }},
              {"freeText",
               [](const DeviceRow& row) -> QVariant {
                 return bytesOrUnknown(row.device.has_free_bytes(),
                                       row.device.free_bytes());
               }},
              {"totalBytes",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_total_bytes()
                            ? static_cast<double>(row.device.total_bytes())
                            : -1.0;
               }},
              {"freeBytes",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_free_bytes()
                            ? static_cast<double>(row.device.free_bytes())
                            : -1.0;
               }},
              {"bandwidthText",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_bandwidth_bytes_per_second()
                            ? bandwidthText(
                                  row.device.bandwidth_bytes_per_second())
                            : QString();
               }},
              {"flopsText",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_flops_per_second()
                            ? flopsText(row.device.flops_per_second())
                            : QString();
               }},
              {"utilization",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_utilization_percent()
                            ? row.device.utilization_percent()
                            : -1.0;
               }},
              {"utilizationText",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_utilization_percent()
                            ? QLocale().toString(
                                  row.device.utilization_percent(), 'f', 0) +
                                  " %"
                            : QString();
               }},
              {"temperatureText",
               [](const DeviceRow& row) -> QVariant {
                 return row.device.has_temperature_celsius()
                            ? QLocale().toString(
                                  row.device.temperature_celsius(), 'f', 0) +
                                  " °C"
                            : QString();
               }},
              {"utilizationHistory",
               [](const DeviceRow& row) -> QVariant {
                 return QVariant::fromValue(row.utilization);
               }},
              {"freeHistory",
               [](const DeviceRow& row) -> QVariant {
                 return QVariant::fromValue(row.freeBytes);
               }},
          },
          parent),
      m_daemon(daemon) {
  connect(&daemon, &Daemon::connected, this, &DevicesModel::watch);
  connect(&daemon, &Daemon::replaced, this, [this] {
    m_watch.reset();
    setRows({});
  });
}

void DevicesModel::watch() {
  const auto start = [this](grpc::ClientContext* context, auto* reactor) {
    static const v1::WatchDevicesRequest request;
    m_daemon.hardware().async()->WatchDevices(context, &request, reactor);
  };
  const auto setFailure = [this](const Failure& failure) {
    if (failure == m_failure) return;
    m_failure = failure;
    emit failureChanged();
  };
  setFailure(Failure());
  m_watch = std::make_unique<MessageStream<v1::WatchDevicesResponse>>(
      start,
      [this](const std::vector<v1::WatchDevicesResponse>& answers) {
        for (const v1::WatchDevicesResponse& answer : answers) show(answer);
      },
      [setFailure](const grpc::Status& status) {
        setFailure(Failure::of(status));
      });
}

void DevicesModel::show(const v1::WatchDevicesResponse& answer) {
  std::map<std::string, DeviceRow> before;
  for (const DeviceRow& row : rows()) before[row.device.name()] = row;
  std::vector<DeviceRow> now;
  for (const v1::Device& device : answer.devices()) {
    DeviceRow row = std::move(before[device.name()]);
    row.device = device;
    if (device.has_utilization_percent()) {
      remember(device.utilization_percent(), historyLength(), row.utilization);
    }
    if (device.has_free_bytes()) {
      remember(static_cast<double>(device.free_bytes()), historyLength(),
               row.freeBytes);
    }
    now.push_back(std::move(row));
  }
  setRows(std::move(now));
}

}  // namespace hwledger
