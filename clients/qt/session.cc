#include "clients/qt/session.h"

namespace hwledger {

Session::Session(QSettings& settings, Keyring& keyring, Options options)
    : m_isDemonstration(options.isDemonstration),
      m_listing(m_daemon),
      m_planner(m_daemon, m_listing),
      m_run(m_daemon, m_listing, options.historyPath),
      m_library(m_daemon, m_listing),
      m_devices(m_daemon),
      m_ledger(m_daemon),
      m_settings(m_daemon, settings, keyring) {}

}  // namespace hwledger
