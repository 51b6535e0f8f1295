#include <QCommandLineParser>
#include <QDir>
#include <QGuiApplication>
#include <QIcon>
#include <QLibraryInfo>
#include <QLocale>
#include <QQmlApplicationEngine>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTranslator>
#include <QUrl>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "clients/qt/fake/fake_daemon.h"
#include "clients/qt/keyring.h"
#include "clients/qt/session.h"

namespace hwledger {
namespace {

// In a demonstration nothing is kept.
class NoKeyring : public Keyring {
 public:
  bool isAvailable() const override { return false; }
  void read(const QString&, std::function<void(const QString&)>) override {}
  void write(const QString&, const QString&) override {}
};

// English needs its plurals; what has no translation stays English.
void translate(const QString& language) {
  if (!language.isEmpty()) QLocale::setDefault(QLocale(language));
  const auto install = [](const QLocale& locale, const QString& name,
                          const QString& folder) {
    auto* translator = new QTranslator(QCoreApplication::instance());
    if (translator->load(locale, name, "_", folder)) {
      QCoreApplication::installTranslator(translator);
    }
  };
  install(QLocale("en"), "hwledger", ":/i18n");
  install(QLocale(), "hwledger", ":/i18n");
  install(QLocale(), "qtbase",
          QLibraryInfo::path(QLibraryInfo::TranslationsPath));
}

// `file`: a model to plan for; empty: none.
int show(QSettings& settings, Keyring& keyring, Session::Options options,
         const QString& file = QString()) {
  translate(settings.value("language").toString());
  Session session(settings, keyring, std::move(options));
  if (!file.isEmpty()) {
    session.planner()->chooseFile(
        QUrl::fromUserInput(file, QDir::currentPath(), QUrl::AssumeLocalFile));
  }
  QQmlApplicationEngine engine;
  engine.setInitialProperties({{"session", QVariant::fromValue(&session)}});
  engine.loadFromModule("HwLedger", "Main");
  return engine.rootObjects().isEmpty() ? 1 : QGuiApplication::exec();
}

// Beside recorded answers; nothing of this user is read or changed.
int demonstrate() {
  const auto daemon = FakeDaemon::Start();
  if (!daemon.ok()) {
    std::fprintf(stderr, "hwledger-desktop: %s\n",
                 daemon.status().ToString().c_str());
    return 1;
  }
  qputenv("HWLEDGER_ADDRESS", (*daemon)->address().c_str());
  const QTemporaryDir folder;
  QSettings settings(folder.filePath("settings"), QSettings::IniFormat);
  NoKeyring keyring;
  return show(settings, keyring, {.isDemonstration = true});
}

int run(const QString& file) {
  QSettings settings;
  SystemKeyring keyring;
  const QString data =
      QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
  return show(settings, keyring, {.historyPath = data + "/conversations.json"},
              file);
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  const QGuiApplication application(argc, argv);
  QGuiApplication::setApplicationName("hwledger");
  QGuiApplication::setApplicationVersion(HWLEDGER_VERSION);
  QGuiApplication::setDesktopFileName("org.hwledger.HwLedger");
  QGuiApplication::setWindowIcon(QIcon(":/icons/hwledger.svg"));
  QCommandLineParser parser;
  parser.setApplicationDescription(
      "Says whether language models fit a machine and how fast they can be, "
      "and runs them. The daemon is looked for at HWLEDGER_ADDRESS, at this "
      "user's socket and at 127.0.0.1:7420.");
  parser.addHelpOption();
  parser.addVersionOption();
  const QCommandLineOption demo("demo", "Show recorded answers; no daemon.");
  parser.addOption(demo);
  parser.addPositionalArgument("model", "A GGUF file to plan for.", "[model]");
  parser.process(application);
  const int status = parser.isSet(demo)
                         ? hwledger::demonstrate()
                         : hwledger::run(parser.positionalArguments().value(0));
  // gRPC's threads may still be ending calls that were given up, with what
  // would now be destroyed.
  std::quick_exit(status);
}
