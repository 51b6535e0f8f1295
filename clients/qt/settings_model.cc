#include "clients/qt/settings_model.h"

#include <algorithm>
#include <utility>

namespace hwledger {
namespace {

constexpr char kDaemons[] = "daemons";
constexpr char kCurrent[] = "daemon";
constexpr char kTheme[] = "theme";
constexpr char kLanguage[] = "language";

}  // namespace

SettingsModel::SettingsModel(Daemon& daemon, QSettings& settings,
                             Keyring& keyring, QObject* parent)
    : Rows(
          {
              {"name",
               [](const SavedDaemon& saved) -> QVariant { return saved.name; }},
              {"address",
               [](const SavedDaemon& saved) -> QVariant {
                 return saved.address;
               }},
              {"certificate",
               [](const SavedDaemon& saved) -> QVariant {
                 return saved.certificatePath;
               }},
              {"hasToken",
               [](const SavedDaemon& saved) -> QVariant {
                 return !saved.token.isEmpty();
               }},
          },
          parent),
      m_daemon(daemon),
      m_settings(settings),
      m_keyring(keyring) {
  load();
  readTokens();
  m_daemon.use(rows()[m_current]);
}

QString SettingsModel::theme() const {
  return m_settings.value(kTheme, "system").toString();
}

void SettingsModel::setTheme(const QString& theme) {
  m_settings.setValue(kTheme, theme);
  emit themeChanged();
}

QString SettingsModel::language() const {
  return m_settings.value(kLanguage).toString();
}

void SettingsModel::setLanguage(const QString& language) {
  m_settings.setValue(kLanguage, language);
  emit languageChanged();
}

QString SettingsModel::version() const { return HWLEDGER_VERSION; }

QString SettingsModel::save(int row, const QString& name,
                            const QString& address,
                            const QString& certificatePath,
                            const QString& token) {
  if (row == 0 || row >= count()) return QString();
  SavedDaemon saved = {.name = name.trimmed(),
                       .address = address.trimmed(),
                       .certificatePath = certificatePath.trimmed(),
                       .token = token};
  if (row > 0 && token.isEmpty() && !saved.certificatePath.isEmpty()) {
    saved.token = rows()[row].token;
  }
  if (saved.name.isEmpty()) return tr("A name is needed.");
  for (int other = 0; other < count(); ++other) {
    if (other != row && rows()[other].name == saved.name) {
      return tr("Another daemon is called “%1” already.").arg(saved.name);
    }
  }
  if (const QString problem = problemOf(saved); !problem.isEmpty()) {
    return problem;
  }
  if (row < 0) {
    append(saved);
  } else {
    if (rows()[row].name != saved.name) {
      m_keyring.write(rows()[row].name, QString());
    }
    change(row, [&saved](SavedDaemon& daemon) { daemon = saved; });
  }
  if (m_keyring.isAvailable()) m_keyring.write(saved.name, saved.token);
  store();
  if (row == m_current) m_daemon.use(saved);
  return QString();
}

void SettingsModel::remove(int row) {
  if (row <= 0 || row >= count()) return;
  if (row == m_current) select(0);
  if (m_keyring.isAvailable()) m_keyring.write(rows()[row].name, QString());
  std::vector<SavedDaemon> left = rows();
  left.erase(left.begin() + row);
  if (row < m_current) --m_current;
  setRows(std::move(left));
  store();
  emit currentChanged();
}

void SettingsModel::select(int row) {
  if (row < 0 || row >= count() || row == m_current) return;
  m_current = row;
  store();
  emit currentChanged();
  m_daemon.use(rows()[row]);
}

void SettingsModel::load() {
  std::vector<SavedDaemon> daemons = {
      {.name = tr("This machine"), .address = localAddress()}};
  const int saved = m_settings.beginReadArray(kDaemons);
  for (int i = 0; i < saved; ++i) {
    m_settings.setArrayIndex(i);
    daemons.push_back(
        {.name = m_settings.value("name").toString(),
         .address = m_settings.value("address").toString(),
         .certificatePath = m_settings.value("certificate").toString()});
  }
  m_settings.endArray();
  const int last = static_cast<int>(daemons.size()) - 1;
  m_current = std::clamp(m_settings.value(kCurrent, 0).toInt(), 0, last);
  setRows(std::move(daemons));
}

void SettingsModel::store() {
  m_settings.remove(kDaemons);
  m_settings.beginWriteArray(kDaemons);
  for (int i = 1; i < count(); ++i) {
    m_settings.setArrayIndex(i - 1);
    m_settings.setValue("name", rows()[i].name);
    m_settings.setValue("address", rows()[i].address);
    m_settings.setValue("certificate", rows()[i].certificatePath);
  }
  m_settings.endArray();
  m_settings.setValue(kCurrent, m_current);
}

void SettingsModel::readTokens() {
  if (!m_keyring.isAvailable()) return;
  for (int i = 1; i < count(); ++i) {
    if (rows()[i].certificatePath.isEmpty()) continue;
    const QString name = rows()[i].name;
    m_keyring.read(name, [self = QPointer(this), name](const QString& token) {
      if (!self || token.isEmpty()) return;
      const auto saved =
          std::ranges::find(self->rows(), name, &SavedDaemon::name);
      if (saved == self->rows().end()) return;
      const int row = static_cast<int>(saved - self->rows().begin());
      self->change(row,
                   [&token](SavedDaemon& daemon) { daemon.token = token; });
      if (row == self->m_current) self->m_daemon.use(self->rows()[row]);
    });
  }
}

}  // namespace hwledger
