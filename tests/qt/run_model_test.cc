#include "clients/qt/run_model.h"

#include <QElapsedTimer>
#include <vector>

#include "clients/qt/fake/refusal.h"
#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::Le;

using State = RunModel::State;

// Whole, as fast as it goes.
constexpr Pace kAtOnce = {.tokens_per_second = 0, .step = {}};

class RunModelTest : public SessionTest {
 protected:
  void SetUp() override {
    SessionTest::SetUp();
    behaviour().SetPace(kAtOnce);
    run().setProperty("modelId", "demo");
  }
  void Answer(const QString& text) {
    run().send(text);
    ASSERT_TRUE(Eventually([this] { return IsIdle(); }));
  }
  QString written() {
    return QString::fromStdString(daemon_->answer_markdown());
  }
  // Sends, and waits for the first text.
  void Begin() {
    run().send("Go on.");
    ASSERT_TRUE(Eventually([this] { return !answer().text.isEmpty(); }));
  }
};

TEST_F(RunModelTest, StreamsTheWholeText) {
  Answer("What is a KV cache?");

  ASSERT_EQ(run().turns()->count(), 2);
  EXPECT_EQ(RowValue(*run().turns(), 0, "speaker"), "user");
  EXPECT_EQ(RowValue(*run().turns(), 0, "text"), "What is a KV cache?");
  EXPECT_EQ(RowValue(*run().turns(), 1, "speaker"), "assistant");
  EXPECT_EQ(RowValue(*run().turns(), 1, "text"), written());
  EXPECT_EQ(RowValue(*run().turns(), 1, "isStreaming"), false);
  EXPECT_FALSE(answer().failure.isSet());
  EXPECT_TRUE(answer().figures.contains("tokens/s"));
  EXPECT_EQ(run().predictedText(), run().measuredText());
}

// 3,000 tokens a second, each in a message, are at most as many changes as
// there are frames.
TEST_F(RunModelTest, ChangesOncePerFrame) {
  constexpr int tokens = 6000;
  behaviour().SetPace(
      {.tokens_per_second = 3000, .token_count = tokens, .step = {}});
  Begin();
  const QSignalSpy changes(run().turns(), &QAbstractItemModel::dataChanged);
  QElapsedTimer time;
  time.start();

  ASSERT_TRUE(Eventually([this] { return IsIdle(); }));

  const double seconds = static_cast<double>(time.elapsed()) / 1000;
  EXPECT_THAT(static_cast<double>(changes.count()) / seconds, Le(70));
  EXPECT_THAT(changes.count(), Gt(10));
  EXPECT_TRUE(answer().figures.contains("6000 token"));
  EXPECT_EQ(answer().text.left(2 * written().size()), written() + written());
}

TEST_F(RunModelTest, TellsHowFarItIs) {
  behaviour().SetPace({.tokens_per_second = 200,
                       .queue_length = 3,
                       .step = absl::Milliseconds(25)});
  std::vector<State> states;
  QStringList texts;
  QObject::connect(&run(), &RunModel::stateChanged, &run(), [&] {
    if (states.empty() || states.back() != run().state()) {
      states.push_back(run().state());
    }
    texts += run().statusText();
  });

  Answer("Hi");

  EXPECT_THAT(states, ElementsAre(State::Queued, State::Loading, State::Reading,
                                  State::Writing, State::Idle));
  EXPECT_TRUE(texts.contains("Waiting – 2 before this one"));
  EXPECT_TRUE(texts.contains("Waiting – next in line"));
  EXPECT_EQ(run().statusText(), "");
}

TEST_F(RunModelTest, EndsTheGenerationThatIsCancelled) {
  behaviour().SetPace({.tokens_per_second = 100, .token_count = 1'000'000});
  Begin();

  run().cancel();

  EXPECT_TRUE(IsIdle());
  EXPECT_FALSE(answer().isStreaming);
  EXPECT_EQ(answer().end, "cancelled");
  EXPECT_FALSE(answer().failure.isSet());
  EXPECT_TRUE(written().startsWith(answer().text));
  EXPECT_TRUE(
      Eventually([this] { return behaviour().cancelled_count() == 1; }));
}

TEST_F(RunModelTest, SaysWhyAnAnswerEndedEarly) {
  run().setProperty("maxTokens", 5);

  Answer("Hi");

  EXPECT_NE(answer().end, "");
  EXPECT_TRUE(written().startsWith(answer().text));
}

TEST_F(RunModelTest, KeepsWhatCameBeforeAFailure) {
  behaviour().EndNextGeneration(
      10, Refusal(grpc::StatusCode::UNAVAILABLE, "its process died: signal 9"));

  Answer("Hi");

  EXPECT_EQ(answer().failure.message, "its process died: signal 9");
  EXPECT_FALSE(answer().text.isEmpty());
  EXPECT_TRUE(written().startsWith(answer().text));
  EXPECT_NE(answer().text, written());

  Answer("Again");

  EXPECT_EQ(answer().text, written());
  EXPECT_FALSE(answer().failure.isSet());
}

// What a person cancels has no failure; this is another's doing.
TEST_F(RunModelTest, SaysThatTheDaemonCancelledIt) {
  behaviour().EndNextGeneration(
      10, Refusal(grpc::StatusCode::CANCELLED, "the model was unloaded"));

  Answer("Hi");

  EXPECT_EQ(answer().failure.message, "the model was unloaded");
}

TEST_F(RunModelTest, SaysWhatIsRefused) {
  behaviour().FailNext("RunInference",
                       FieldRefusal("max_tokens", "must be positive; got 0"));

  Answer("Hi");

  EXPECT_EQ(answer().failure.field, "max_tokens");
  EXPECT_EQ(answer().failure.message, "max_tokens must be positive; got 0");
}

TEST_F(RunModelTest, RecoversByItselfFromADaemonThatDied) {
  behaviour().SetPace({.tokens_per_second = 100, .token_count = 1'000'000});
  Begin();

  daemon_->Stop();
  ASSERT_TRUE(Eventually([this] { return IsIdle() && !IsConnected(); }));

  EXPECT_TRUE(answer().failure.isSet());
  EXPECT_TRUE(written().startsWith(answer().text));

  behaviour().SetPace(kAtOnce);
  ASSERT_THAT(daemon_->StartAgain(), IsOk());
  ASSERT_TRUE(Eventually([this] { return IsConnected(); }));
  Answer("Again");

  EXPECT_EQ(answer().text, written());
}

TEST_F(RunModelTest, SendsNothingWithoutTextOrModel) {
  run().send("  ");
  run().setProperty("modelId", "");
  run().send("Hi");

  EXPECT_EQ(run().turns()->count(), 0);
  EXPECT_TRUE(IsIdle());
}

TEST_F(RunModelTest, KeepsConversations) {
  Answer("First question");
  run().newConversation();
  EXPECT_EQ(run().turns()->count(), 0);
  Answer("Second question");
  Conversations& conversations = *run().conversations();
  ASSERT_EQ(conversations.count(), 2);

  conversations.open(1);

  EXPECT_EQ(RowValue(*run().turns(), 0, "text"), "First question");
  EXPECT_EQ(run().turns()->count(), 2);
  EXPECT_EQ(conversations.current(), 1);
}

TEST_F(RunModelTest, FindsConversationsOfEarlierDays) {
  Answer("A question");

  Open(daemon_->address());

  Conversations& conversations = *run().conversations();
  ASSERT_EQ(conversations.count(), 1);
  EXPECT_EQ(RowValue(conversations, 0, "title"), "A question");
  conversations.open(0);
  EXPECT_EQ(answer().text, written());
  conversations.remove(0);
  EXPECT_EQ(conversations.count(), 0);
  EXPECT_EQ(run().turns()->count(), 0);
}

TEST_F(RunModelTest, OffersOnlyModelsThatRun) {
  EXPECT_EQ(RowWith(*run().choices(), "modelId", "llama-3.1-8b"), -1);
  EXPECT_NE(RowWith(*run().choices(), "modelId", "demo"), -1);
}

}  // namespace
}  // namespace hwledger
