// The models of the window beside a real daemon with the demo model.
#include "tests/qt/daemon_process.h"
#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

using ::testing::Ge;
using ::testing::Gt;
using ::testing::Lt;

class RealDaemonTest : public OpenSession {
 protected:
  void SetUp() override {
    ASSERT_TRUE(daemon_.Start());
    Open(daemon_.address());
    ASSERT_TRUE(Eventually(
        [this] { return IsConnected() && planner().choices()->count() > 0; }));
    run().setProperty("modelId", "demo");
    run().setProperty("temperature", 0.0);
  }

  QVariant OfDemo(const char* role) {
    return RowValue(library(), RowWith(library(), "modelId", "demo"), role);
  }
  bool IsPlanned() { return planner().hasPrediction() && !planner().isBusy(); }

  DaemonProcess daemon_;
};

TEST_F(RealDaemonTest, PlansWhileASliderMoves) {
  planner().setModelId("llama-3.1-8b");
  ASSERT_TRUE(Eventually([this] { return IsPlanned(); }));
  EXPECT_EQ(planner().kvCacheText(), "1.00 GiB");
  const QSignalSpy answers(&planner(), &PlannerModel::predicted);

  for (int tokens = 256; tokens <= 131072; tokens += 256) {
    planner().setSequenceLength(tokens);
    if (tokens % 4096 == 0) QTest::qWait(1);
  }
  ASSERT_TRUE(Eventually([this] { return IsPlanned(); }));

  EXPECT_EQ(planner().kvCacheText(), "16.0 GiB");
  EXPECT_THAT(answers.count(), Ge(1));
  EXPECT_THAT(answers.count(), Lt(512));
}

TEST_F(RealDaemonTest, ShowsTheFieldAndTheValueThatItRefuses) {
  planner().setModelId("llama-3.1-8b");

  planner().setBatchSize(300);
  ASSERT_TRUE(Eventually([this] { return FailureOf(planner()).isSet(); }));

  EXPECT_EQ(FailureOf(planner()).field, "batch_size");
  EXPECT_TRUE(FailureOf(planner()).message.contains("300"));

  planner().setBatchSize(2);
  ASSERT_TRUE(Eventually([this] { return IsPlanned(); }));

  EXPECT_FALSE(FailureOf(planner()).isSet());
}

TEST_F(RealDaemonTest, AnswersAndWritesItDown) {
  run().send("What is a KV cache?");
  ASSERT_TRUE(Eventually([this] { return IsIdle(); }));

  EXPECT_EQ(answer().text,
            "The KV cache keeps the keys and values of all tokens read so far. "
            "Without it the model would compute them again for every new "
            "token.");
  EXPECT_TRUE(answer().figures.contains("29 token"));
  // The prediction is exact.
  EXPECT_NE(run().measuredText(), "");
  EXPECT_EQ(run().predictedText(), run().measuredText());

  run().send("What is a token?");
  ASSERT_TRUE(Eventually([this] { return IsIdle(); }));
  EXPECT_FALSE(answer().failure.isSet());
  EXPECT_FALSE(answer().text.isEmpty());

  EXPECT_TRUE(Eventually([this] {
    ledger().refresh();
    QTest::qWait(50);
    return ledger().count() == 1;
  }));
  EXPECT_EQ(RowValue(ledger(), 0, "modelId"), "demo");
}

TEST_F(RealDaemonTest, LoadsPinsAndUnloads) {
  library().load("demo");
  ASSERT_TRUE(Eventually([this] { return OfDemo("isReady").toBool(); }));
  EXPECT_NE(OfDemo("memoryText"), "");
  EXPECT_EQ(OfDemo("memoryText"), OfDemo("predictedText"));

  library().pin("demo", true);
  EXPECT_TRUE(Eventually([this] { return OfDemo("isPinned").toBool(); }));

  library().unload("demo");
  EXPECT_TRUE(Eventually([this] { return library().loadedCount() == 0; }));
}

TEST_F(RealDaemonTest, SaysWhyAModelCannotBeLoaded) {
  library().setProperty("catalogue", true);
  library().load("llama-3.1-8b");

  EXPECT_TRUE(Eventually([this] {
    const int row = RowWith(library(), "modelId", "llama-3.1-8b");
    return RowValue(library(), row, "failure")
        .value<Failure>()
        .message.contains("can be planned but not run");
  }));
}

TEST_F(RealDaemonTest, ShowsTheMachineLive) {
  DevicesModel& devices = *session_->devices();
  ASSERT_TRUE(Eventually([&] {
    return devices.count() > 0 && RowValue(devices, 0, "utilizationHistory")
                                          .value<QList<double>>()
                                          .size() >= 2;
  }));

  EXPECT_EQ(RowValue(devices, 0, "name"), "CPU");
  EXPECT_THAT(RowValue(devices, 0, "freeBytes").toDouble(), Gt(0));
}

TEST_F(RealDaemonTest, EndsTheGenerationThatIsCancelled) {
  run().setProperty("chat", false);
  run().send("A model");
  ASSERT_TRUE(
      Eventually([this] { return run().state() != RunModel::State::Queued; }));

  run().cancel();

  EXPECT_TRUE(IsIdle());
  EXPECT_EQ(answer().end, "cancelled");
  // Its slot is free: nothing runs.
  EXPECT_TRUE(Eventually([this] {
    library().refresh();
    QTest::qWait(50);
    return OfDemo("isReady").toBool() &&
           OfDemo("requestsText").toString().startsWith("0 ");
  }));
}

TEST_F(RealDaemonTest, RecoversByItselfFromADaemonThatIsKilled) {
  planner().setModelId("llama-3.1-8b");
  ASSERT_TRUE(Eventually([this] { return IsPlanned(); }));
  run().send("What is a KV cache?");
  ASSERT_TRUE(
      Eventually([this] { return run().state() == RunModel::State::Loading; }));

  daemon_.Kill();
  ASSERT_TRUE(Eventually([this] { return IsIdle() && !IsConnected(); }));

  EXPECT_TRUE(answer().failure.isSet());
  EXPECT_NE(session_->daemon()->problem(), "");

  ASSERT_TRUE(daemon_.Start());
  ASSERT_TRUE(Eventually([this] { return IsConnected(); }));
  EXPECT_TRUE(Eventually([this] { return IsPlanned(); }));
  run().send("What is a KV cache?");
  ASSERT_TRUE(Eventually([this] { return IsIdle(); }));

  EXPECT_TRUE(answer().text.startsWith("The KV cache keeps the keys"));
  EXPECT_FALSE(answer().failure.isSet());
}

}  // namespace
}  // namespace hwledger
