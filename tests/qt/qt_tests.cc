#include <gtest/gtest.h>

#include <QGuiApplication>
#include <QLocale>
#include <cstdio>
#include <cstdlib>

// Nothing of the machine that runs the tests counts: not its display, language,
// desktop or daemon.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  qputenv("QT_QPA_PLATFORM", "offscreen");
  qputenv("QT_QUICK_BACKEND", "software");
  qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
  QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
  const QGuiApplication application(argc, argv);
  const int status = RUN_ALL_TESTS();
  // As hwledger-desktop ends.
  std::fflush(nullptr);
  std::quick_exit(status);
}
