#include <QElapsedTimer>
#include <QFile>
#include <QQmlApplicationEngine>
#include <cmath>
#include <cstdio>

#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

// How long it takes: HWLEDGER_SOAK_MINUTES, for a long soak by hand.
qint64 SoakMilliseconds() {
  bool given = false;
  const double minutes =
      qEnvironmentVariable("HWLEDGER_SOAK_MINUTES").toDouble(&given);
  constexpr qint64 few = 4'000;
  return given ? std::llround(minutes * 60'000) : few;
}

qint64 ResidentMebibytes() {
  QFile file("/proc/self/statm");
  if (!file.open(QIODevice::ReadOnly)) return 0;
  const qint64 pages = file.readAll().split(' ').value(1).toLongLong();
  return pages * sysconf(_SC_PAGESIZE) >> 20;
}

class SoakTest : public SessionTest {
 protected:
  // The window with both pages that change all the time.
  void SetUp() override {
    SessionTest::SetUp();
    engine_.setInitialProperties(
        {{"session", QVariant::fromValue(session_.get())}});
    engine_.loadFromModule("HwLedger", "Main");
    ASSERT_EQ(engine_.rootObjects().size(), 1);
    planner().setModelId("llama-3.1-8b");
    run().setProperty("modelId", "demo");
    behaviour().SetPace({.tokens_per_second = 1000, .token_count = 3000});
  }

  // Moves the slider and lets the model write for so long; the pages in turn.
  void Use(qint64 milliseconds) {
    QElapsedTimer time;
    time.start();
    for (int step = 0; time.elapsed() < milliseconds; ++step) {
      engine_.rootObjects().first()->setProperty("page", step / 100 % 2);
      planner().setSequenceLength(512 + step * 977 % 130'000);
      if (IsIdle()) {
        // Else the conversation itself is what grows.
        run().newConversation();
        run().conversations()->remove(0);
        run().send("Go on.");
      }
      QTest::qWait(16);
    }
  }

  QQmlApplicationEngine engine_;
};

TEST_F(SoakTest, KeepsItsMemoryWhileTheSliderMovesAndTextStreams) {
  const qint64 soak = SoakMilliseconds();
  constexpr qint64 growth_max = 32;

  Use(soak / 3);
  const qint64 early = ResidentMebibytes();
  Use(soak - soak / 3);
  const qint64 late = ResidentMebibytes();

  std::printf("early: %lld MiB, late: %lld MiB\n",
              static_cast<long long>(early), static_cast<long long>(late));
  EXPECT_LT(late, early + growth_max);
}

}  // namespace
}  // namespace hwledger
