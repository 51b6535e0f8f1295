#include "clients/qt/planner_model.h"

#include "clients/qt/fake/refusal.h"
#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

using ::testing::Gt;
using ::testing::Lt;

class PlannerModelTest : public SessionTest {
 protected:
  bool IsAnswered() { return planner().hasPrediction() && !planner().isBusy(); }
  void Plan(const QString& model_id) {
    planner().setModelId(model_id);
    ASSERT_TRUE(Eventually([this] { return IsAnswered(); }));
  }
};

TEST_F(PlannerModelTest, FollowsWhatIsSet) {
  Plan("llama-3.1-8b");
  EXPECT_EQ(planner().sequenceLength(), 8192);
  EXPECT_EQ(planner().kvCacheText(), "1.00 GiB");
  EXPECT_EQ(planner().verdict(), PlannerModel::Verdict::Fits);

  planner().setSequenceLength(131072);

  // Before it is answered, what is shown is what was asked before.
  EXPECT_TRUE(planner().isBusy());
  EXPECT_EQ(planner().kvCacheText(), "1.00 GiB");
  ASSERT_TRUE(Eventually([this] { return IsAnswered(); }));
  // Sixteen times the tokens.
  EXPECT_EQ(planner().kvCacheText(), "16.0 GiB");
  EXPECT_EQ(planner().verdict(), PlannerModel::Verdict::DoesNotFit);
  EXPECT_TRUE(planner().launchLine().contains("-c 131072"));
}

TEST_F(PlannerModelTest, SaysWhatTheModelIs) {
  Plan("llama-3.1-8b");

  EXPECT_TRUE(
      planner().modelText().startsWith("llama · 8.03B parameters · 32 layer"));
  EXPECT_EQ(planner().sequenceLengthMax(), 131072);
  EXPECT_EQ(planner().layerCount(), 32);
  EXPECT_EQ(planner().layers()->count(), 32);
  EXPECT_THAT(planner().longestContext(), Gt(8192));
}

TEST_F(PlannerModelTest, SharesAmongTheDevicesThatAreChosen) {
  Plan("llama-3.1-8b");
  EXPECT_EQ(planner().shares()->count(), 1);
  ASSERT_TRUE(
      planner().property("devicePresets").toStringList().contains("rtx-4090"));

  planner().setDevice("rtx-4090");
  ASSERT_TRUE(Eventually([this] { return IsAnswered(); }));

  EXPECT_EQ(planner().shares()->count(), 2);
  const int gpu = RowWith(*planner().shares(), "name", "rtx-4090");
  ASSERT_EQ(gpu, 1);
  EXPECT_EQ(RowValue(*planner().shares(), gpu, "layerCount"), 32);
  EXPECT_EQ(RowValue(*planner().shares(), gpu, "weightsBytes").toDouble() +
                RowValue(*planner().shares(), gpu, "kvCacheBytes").toDouble() +
                RowValue(*planner().shares(), gpu, "computeBytes").toDouble() +
                RowValue(*planner().shares(), gpu, "outputBytes").toDouble() +
                RowValue(*planner().shares(), gpu, "backendBytes").toDouble(),
            RowValue(*planner().shares(), gpu, "totalBytes").toDouble());
}

TEST_F(PlannerModelTest, TakesAContextThatTheModelHas) {
  Plan("demo");

  EXPECT_EQ(planner().sequenceLength(), 512);
}

TEST_F(PlannerModelTest, SkipsWhatIsStale) {
  Plan("llama-3.1-8b");
  behaviour().SetPace({.prediction = absl::Milliseconds(50)});
  const int64_t asked_before = behaviour().CallCount("WatchVram");
  const QSignalSpy answers(&planner(), &PlannerModel::predicted);
  constexpr int movements = 100;

  for (int step = 0; step <= movements; ++step) {
    planner().setSequenceLength(512 + (131072 - 512) / movements * step);
    QTest::qWait(1);
  }
  ASSERT_TRUE(Eventually([this] { return IsAnswered(); }));

  // The last is not skipped, most of the others are.
  EXPECT_EQ(planner().kvCacheText(), "16.0 GiB");
  EXPECT_THAT(answers.count(), Lt(movements / 2));
  EXPECT_THAT(behaviour().CallCount("WatchVram") - asked_before,
              Gt(answers.count() - 1));
}

TEST_F(PlannerModelTest, ShowsWhatIsRefusedUntilItIsMended) {
  Plan("llama-3.1-8b");

  planner().setBatchSize(300);
  ASSERT_TRUE(Eventually([this] { return FailureOf(planner()).isSet(); }));

  EXPECT_EQ(FailureOf(planner()).field, "batch_size");
  EXPECT_EQ(FailureOf(planner()).message,
            "batch_size must be from 0 to 256; got 300");
  EXPECT_FALSE(planner().hasPrediction());
  EXPECT_FALSE(planner().isBusy());

  planner().setBatchSize(1);
  ASSERT_TRUE(Eventually([this] { return IsAnswered(); }));

  EXPECT_FALSE(FailureOf(planner()).isSet());
}

TEST_F(PlannerModelTest, ShowsWhatFailsWithoutAField) {
  behaviour().FailNext("WatchVram",
                       Refusal(grpc::StatusCode::DATA_LOSS, "damaged at 42"));

  planner().setModelId("demo");
  ASSERT_TRUE(Eventually([this] { return FailureOf(planner()).isSet(); }));

  EXPECT_EQ(FailureOf(planner()).message, "damaged at 42");
  EXPECT_EQ(FailureOf(planner()).field, "");
}

TEST_F(PlannerModelTest, IsBusyUntilItIsAnswered) {
  behaviour().Hold("WatchVram");
  planner().setModelId("demo");
  ASSERT_TRUE(
      Eventually([this] { return behaviour().CallCount("WatchVram") > 0; }));
  EXPECT_TRUE(planner().isBusy());
  EXPECT_FALSE(planner().hasPrediction());

  behaviour().Release("WatchVram");

  EXPECT_TRUE(Eventually([this] { return IsAnswered(); }));
}

TEST_F(PlannerModelTest, AsksAgainOnceTheDaemonIsBack) {
  Plan("llama-3.1-8b");
  daemon_->Stop();
  ASSERT_TRUE(Eventually([this] { return !IsConnected(); }));
  planner().setSequenceLength(131072);

  ASSERT_THAT(daemon_->StartAgain(), IsOk());

  EXPECT_TRUE(Eventually([this] {
    return IsAnswered() && planner().kvCacheText() == "16.0 GiB";
  }));
  EXPECT_FALSE(FailureOf(planner()).isSet());
}

TEST_F(PlannerModelTest, PlansAFileThatIsDropped) {
  planner().chooseFile(QUrl::fromLocalFile("/models/some model.gguf"));

  EXPECT_EQ(planner().modelId(), "/models/some model.gguf");

  planner().chooseFile(QUrl("https://example.org/other.gguf"));

  EXPECT_EQ(planner().modelId(), "/models/some model.gguf");
}

TEST_F(PlannerModelTest, OffersWhatTheSearchFinds) {
  ModelChoices& choices = *planner().choices();

  choices.setSearch("gemma");

  ASSERT_EQ(choices.count(), 1);
  EXPECT_EQ(RowValue(choices, 0, "modelId"), "gemma-3-4b");
  EXPECT_EQ(RowValue(choices, 0, "isLocal"), false);
}

}  // namespace
}  // namespace hwledger
