#include "clients/qt/library_model.h"

#include "clients/qt/fake/refusal.h"
#include "tests/qt/session_fixture.h"

namespace hwledger {
namespace {

using ::testing::Gt;
using ::testing::Lt;

class LibraryModelTest : public SessionTest {
 protected:
  QVariant Of(const QString& model_id, const char* role) {
    return RowValue(library(), RowWith(library(), "modelId", model_id), role);
  }
  bool IsReady(const QString& model_id) {
    return Of(model_id, "isReady").toBool();
  }
  void Load(const QString& model_id) {
    library().load(model_id);
    ASSERT_TRUE(Eventually([&] { return IsReady(model_id); }));
  }
};

TEST_F(LibraryModelTest, ListsWhatIsOnDisk) {
  EXPECT_EQ(library().count(), 4);
  EXPECT_EQ(RowWith(library(), "modelId", "llama-3.1-8b"), -1);
  EXPECT_EQ(Of("ollama:qwen3:0.6b", "detailText"), "qwen3 · 596M · Q8_0");
  EXPECT_EQ(Of("ollama:qwen3:0.6b", "isRunnable"), true);

  library().setProperty("catalogue", true);

  EXPECT_EQ(library().count(), 6);
  EXPECT_EQ(Of("llama-3.1-8b", "isRunnable"), false);
}

TEST_F(LibraryModelTest, FindsWhatIsSearchedFor) {
  library().setProperty("search", "QWEN");

  ASSERT_EQ(library().count(), 1);
  EXPECT_EQ(RowValue(library(), 0, "modelId"), "ollama:qwen3:0.6b");
}

TEST_F(LibraryModelTest, LoadsAndUnloads) {
  std::vector<double> progress;
  QObject::connect(&library(), &LibraryModel::changed, &library(), [&] {
    progress.push_back(Of("demo", "progress").toDouble());
  });

  library().load("demo");

  EXPECT_EQ(Of("demo", "isLoading"), true);
  ASSERT_TRUE(Eventually([this] { return IsReady("demo"); }));
  EXPECT_THAT(progress, testing::Contains(testing::AllOf(Gt(0), Lt(1))));
  EXPECT_EQ(library().loadedCount(), 1);
  // 16,315,168 bytes.
  EXPECT_EQ(Of("demo", "memoryText"), "15.6 MiB");
  EXPECT_EQ(Of("demo", "predictedText"), "15.6 MiB");
  // What is in memory comes first.
  EXPECT_EQ(RowValue(library(), 0, "modelId"), "demo");

  library().unload("demo");

  EXPECT_TRUE(Eventually([this] { return library().loadedCount() == 0; }));
  EXPECT_EQ(Of("demo", "stateText"), "");
}

TEST_F(LibraryModelTest, PinsAndUnpins) {
  Load("demo");

  library().pin("demo", true);
  ASSERT_TRUE(Eventually([this] { return Of("demo", "isPinned").toBool(); }));
  library().pin("demo", false);

  EXPECT_TRUE(Eventually([this] { return !Of("demo", "isPinned").toBool(); }));
  EXPECT_TRUE(IsReady("demo"));
}

TEST_F(LibraryModelTest, GivesALoadUp) {
  behaviour().SetPace({.step = absl::Seconds(1)});
  library().load("demo");
  ASSERT_TRUE(
      Eventually([this] { return behaviour().CallCount("LoadModel") == 1; }));

  library().cancelLoad("demo");

  EXPECT_TRUE(Eventually([this] {
    return library().loadedCount() == 0 && !Of("demo", "isLoading").toBool();
  }));
  EXPECT_FALSE(Of("demo", "failure").value<Failure>().isSet());
}

TEST_F(LibraryModelTest, ShowsAFailureAtItsModel) {
  behaviour().FailNext(
      "LoadModel",
      Refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "needs 3 GiB, 1 is free"));

  library().load("demo");
  ASSERT_TRUE(Eventually(
      [this] { return Of("demo", "failure").value<Failure>().isSet(); }));

  EXPECT_EQ(Of("demo", "failure").value<Failure>().message,
            "needs 3 GiB, 1 is free");
  EXPECT_FALSE(Of("ollama:qwen3:0.6b", "failure").value<Failure>().isSet());

  Load("demo");

  EXPECT_FALSE(Of("demo", "failure").value<Failure>().isSet());
}

TEST_F(LibraryModelTest, SeesWhatOthersLoad) {
  grpc::ClientContext context;
  v1::LoadModelRequest request;
  request.set_model_id("demo");
  const auto others = v1::ModelLibrary::NewStub(grpc::CreateChannel(
      daemon_->address(), grpc::InsecureChannelCredentials()));
  const auto reader = others->LoadModel(&context, request);
  v1::LoadModelResponse response;
  while (reader->Read(&response)) {
  }
  ASSERT_TRUE(reader->Finish().ok());

  EXPECT_TRUE(Eventually([this] { return IsReady("demo"); }));
}

TEST_F(LibraryModelTest, ForgetsWhatADaemonThatDiedHadLoaded) {
  Load("demo");
  daemon_->Stop();
  ASSERT_TRUE(Eventually([this] { return !IsConnected(); }));

  ASSERT_THAT(daemon_->StartAgain(), IsOk());

  EXPECT_TRUE(Eventually([this] { return library().loadedCount() == 0; }));
}

}  // namespace
}  // namespace hwledger
