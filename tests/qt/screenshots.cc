// qt_screenshots FOLDER: a picture of every page beside a real daemon, light
// and dark, large and small, once everything on it is as in use.
#include <QDir>
#include <QGuiApplication>
#include <QHash>
#include <QImage>
#include <QLocale>
#include <QQmlApplicationEngine>
#include <QQuickWindow>
#include <QSettings>
#include <QTemporaryDir>
#include <QTranslator>
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "clients/qt/session.h"
#include "tests/qt/daemon_process.h"
#include "tests/qt/eventually.h"
#include "tests/qt/kept_tokens.h"
#include "tests/qt/row_value.h"

namespace hwledger {
namespace {

constexpr const char* kPages[] = {"planner", "run",    "library",
                                  "devices", "ledger", "settings"};
constexpr QSize kSizes[] = {{1280, 800}, {800, 600}};

bool Fail(const char* what) {
  std::fprintf(stderr, "qt_screenshots: %s\n", what);
  return false;
}

QString StateOfDemo(Session& session) {
  const LibraryModel& library = *session.library();
  return RowValue(library, RowWith(library, "modelId", "demo"), "stateText")
      .toString();
}

// What a person would have done before.
bool Use(Session& session) {
  const auto is_idle = [&] {
    return session.run()->state() == RunModel::State::Idle;
  };
  if (!Eventually([&] { return session.run()->choices()->count() > 0; })) {
    return Fail("the daemon lists no models");
  }
  session.planner()->setModelId("llama-3.1-8b");
  session.planner()->setDevice("rtx-4090");
  session.planner()->setSequenceLength(32768);
  session.run()->setProperty("modelId", "demo");
  session.run()->setProperty("temperature", 0.0);
  for (const char* question : {"What is a KV cache?", "What is a token?"}) {
    session.run()->send(question);
    if (!Eventually(is_idle)) return Fail("the demo does not answer");
  }
  // A ledger of several loads.
  for (int load = 0; load < 4; ++load) {
    session.library()->unload("demo");
    if (!Eventually([&] { return StateOfDemo(session) == ""; })) {
      return Fail("the demo is not unloaded");
    }
    session.library()->load("demo");
    if (!Eventually([&] { return StateOfDemo(session) == "ready"; })) {
      return Fail("the demo is not loaded");
    }
  }
  session.settings()->save(-1, "Workshop", "workshop.local:7420", "", "");
  session.library()->setProperty("catalogue", true);
  session.library()->pin("demo", true);
  session.ledger()->refresh();
  // The charts of devices begin to show something.
  QTest::qWait(15'000);
  return Eventually([&] { return session.planner()->hasPrediction(); }) ||
         Fail("nothing is planned");
}

int Distance(QRgb a, QRgb b) {
  return std::abs(qRed(a) - qRed(b)) + std::abs(qGreen(a) - qGreen(b)) +
         std::abs(qBlue(a) - qBlue(b));
}

// The same in 256 of its commonest colours that can be told apart, which makes
// a file a third as large. A page has few; only the edges of letters have many.
QImage WithFewColours(const QImage& image) {
  constexpr qsizetype colours_max = 256;
  QHash<QRgb, int> counts;
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) ++counts[image.pixel(x, y)];
  }
  QList<QRgb> colours = counts.keys();
  std::ranges::sort(colours, std::ranges::greater(),
                    [&](QRgb colour) { return counts.value(colour); });
  QList<QRgb> table;
  for (const QRgb colour : colours) {
    const auto is_like_it = [=](QRgb other) {
      return Distance(colour, other) < 8;
    };
    if (table.size() == colours_max) break;
    if (std::ranges::none_of(table, is_like_it)) table += colour;
  }
  QHash<QRgb, uint> places;
  for (const QRgb colour : colours) {
    const auto nearest = std::ranges::min_element(
        table, {}, [=](QRgb other) { return Distance(colour, other); });
    places[colour] = static_cast<uint>(nearest - table.begin());
  }
  QImage small(image.size(), QImage::Format_Indexed8);
  small.setColorTable(table);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      small.setPixel(x, y, places.value(image.pixel(x, y)));
    }
  }
  return small;
}

bool Take(QQuickWindow& window, const QString& path) {
  QTest::qWait(500);  // What moves comes to rest.
  const QImage taken =
      window.grabWindow().convertToFormat(QImage::Format_RGB32);
  return WithFewColours(taken).save(path, "PNG", /*quality=*/0) ||
         Fail("cannot save a picture");
}

bool TakeAll(Session& session, QQuickWindow& window, const QDir& folder) {
  for (const char* theme : {"light", "dark"}) {
    session.settings()->setTheme(theme);
    for (const QSize size : kSizes) {
      window.resize(size);
      for (int page = 0; page < static_cast<int>(std::size(kPages)); ++page) {
        window.setProperty("page", page);
        const QString name = QString("%1-%2-%3x%4.png")
                                 .arg(kPages[page], theme)
                                 .arg(size.width())
                                 .arg(size.height());
        if (!Take(window, folder.filePath(name))) return false;
      }
    }
  }
  return true;
}

bool Run(const QDir& folder) {
  DaemonProcess daemon;
  if (!daemon.Start()) return Fail("the daemon does not start");
  qputenv("HWLEDGER_ADDRESS", daemon.address().c_str());
  const QTemporaryDir own;
  QSettings settings(own.filePath("settings.ini"), QSettings::IniFormat);
  KeptTokens keyring;
  Session session(settings, keyring, Session::Options{});
  QQmlApplicationEngine engine;
  engine.setInitialProperties({{"session", QVariant::fromValue(&session)}});
  engine.loadFromModule("HwLedger", "Main");
  if (engine.rootObjects().isEmpty()) return Fail("there is no window");
  auto* window = qobject_cast<QQuickWindow*>(engine.rootObjects().first());
  return Use(session) && TakeAll(session, *window, folder);
}

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
  const QGuiApplication application(argc, argv);
  QTranslator plurals;
  if (plurals.load(QLocale("en"), "hwledger", "_", ":/i18n")) {
    QCoreApplication::installTranslator(&plurals);
  }
  if (argc != 2 || !QDir().mkpath(argv[1])) {
    std::fprintf(stderr, "usage: qt_screenshots FOLDER\n");
    return 2;
  }
  const int status = hwledger::Run(QDir(argv[1])) ? 0 : 1;
  // As hwledger-desktop ends.
  std::fflush(nullptr);
  std::quick_exit(status);
}
