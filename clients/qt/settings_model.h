#pragma once

#include <QSettings>

#include "clients/qt/daemon.h"
#include "clients/qt/keyring.h"
#include "clients/qt/row_model.h"

namespace hwledger {

// The daemons that a person has saved, and how the window looks. The first
// daemon is always this machine's own, as localAddress() finds it.
class SettingsModel : public Rows<SavedDaemon> {
  Q_OBJECT
  QML_ELEMENT
  QML_UNCREATABLE("")
  // The row of the one that is asked.
  Q_PROPERTY(int current READ current NOTIFY currentChanged)
  // Without one, tokens are forgotten when the program ends.
  Q_PROPERTY(bool keyringAvailable READ keyringAvailable CONSTANT)
  // "system", "light" or "dark".
  Q_PROPERTY(QString theme READ theme WRITE setTheme NOTIFY themeChanged)
  // "en", "de"; empty: the system's. Counts from the next start on.
  Q_PROPERTY(
      QString language READ language WRITE setLanguage NOTIFY languageChanged)
  Q_PROPERTY(QString version READ version CONSTANT)

 public:
  // Keeps everything in `settings` but tokens, which are for the keyring.
  SettingsModel(Daemon& daemon, QSettings& settings, Keyring& keyring,
                QObject* parent = nullptr);

  int current() const { return m_current; }
  bool keyringAvailable() const { return m_keyring.isAvailable(); }
  QString theme() const;
  void setTheme(const QString& theme);
  QString language() const;
  void setLanguage(const QString& language);
  QString version() const;

  // Changes the daemon of a row; -1 adds one. An empty token keeps the one that
  // there is, if there still is a certificate. Returns what is wrong, and then
  // changes nothing. The first row is not to be changed.
  Q_INVOKABLE QString save(int row, const QString& name, const QString& address,
                           const QString& certificatePath,
                           const QString& token);
  // All but the first row.
  Q_INVOKABLE void remove(int row);
  // Asks this daemon from now on.
  Q_INVOKABLE void select(int row);

 signals:
  void currentChanged();
  void themeChanged();
  void languageChanged();

 private:
  void load();
  void store();
  void readTokens();

  Daemon& m_daemon;
  QSettings& m_settings;
  Keyring& m_keyring;
  int m_current = 0;
};

}  // namespace hwledger
