#pragma once

#include <QSettings>

#include "clients/qt/daemon.h"
#include "clients/qt/devices_model.h"
#include "clients/qt/keyring.h"
#include "clients/qt/ledger_model.h"
#include "clients/qt/library_model.h"
#include "clients/qt/model_listing.h"
#include "clients/qt/planner_model.h"
#include "clients/qt/run_model.h"
#include "clients/qt/settings_model.h"

namespace hwledger {

// All that the window shows.
class Session : public QObject {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  Q_PROPERTY(hwledger::Daemon* daemon READ daemon CONSTANT)
  Q_PROPERTY(hwledger::PlannerModel* planner READ planner CONSTANT)
  Q_PROPERTY(hwledger::RunModel* run READ run CONSTANT)
  Q_PROPERTY(hwledger::LibraryModel* library READ library CONSTANT)
  Q_PROPERTY(hwledger::DevicesModel* devices READ devices CONSTANT)
  Q_PROPERTY(hwledger::LedgerModel* ledger READ ledger CONSTANT)
  Q_PROPERTY(hwledger::SettingsModel* settings READ settings CONSTANT)
  // Whether what is shown are recorded answers.
  Q_PROPERTY(bool demonstration READ isDemonstration CONSTANT)

 public:
  struct Options {
    bool isDemonstration = false;
    // As RunModel's.
    QString historyPath;
  };

  Session(QSettings& settings, Keyring& keyring, Options options);

  Daemon* daemon() { return &m_daemon; }
  PlannerModel* planner() { return &m_planner; }
  RunModel* run() { return &m_run; }
  LibraryModel* library() { return &m_library; }
  DevicesModel* devices() { return &m_devices; }
  LedgerModel* ledger() { return &m_ledger; }
  SettingsModel* settings() { return &m_settings; }
  bool isDemonstration() const { return m_isDemonstration; }

 private:
  const bool m_isDemonstration;
  Daemon m_daemon;
  ModelListing m_listing;
  PlannerModel m_planner;
  RunModel m_run;
  LibraryModel m_library;
  DevicesModel m_devices;
  LedgerModel m_ledger;
  // Last: it lets the daemon connect, which the others want to hear of.
  SettingsModel m_settings;
};

}  // namespace hwledger
