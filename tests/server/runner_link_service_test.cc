#include "server/runner_link_service.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <map>
#include <set>
#include <string>

#include "grpcpp/create_channel_posix.h"
#include "server/command_convert.h"
#include "server/engine_convert.h"
#include "tests/engine/tiny_model.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

// Both ends of a link in one process.
class RunnerLinkServiceTest : public testing::Test {
 protected:
  RunnerLinkServiceTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    EXPECT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    server_ = ServeLink(service_, ends[0]);
    stub_ = runner::v1::RunnerLink::NewStub(
        grpc::CreateInsecureChannelFromFd("runner", ends[1]));
  }
  ~RunnerLinkServiceTest() override {
    service_.Stop();
    server_->Shutdown();
  }

  // The last event, where the load succeeds.
  grpc::Status Load(const std::string& path, runner::v1::LoadEvent& event) {
    runner::v1::LoadRequest request;
    request.set_path(path);
    *request.mutable_options() =
        ToProto(EngineOptions{.sequence_length = 256, .slot_count = 2});
    *request.mutable_serving() = ToProto(ServingOptions());
    grpc::ClientContext context;
    const auto reader = stub_->Load(&context, request);
    while (reader->Read(&event)) {
    }
    return reader->Finish();
  }
  grpc::Status Load(const TinyModel& model) {
    runner::v1::LoadEvent event;
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    return Load(model.Write(test->name()), event);
  }

  RunnerLinkService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<runner::v1::RunnerLink::Stub> stub_;
};

TEST_F(RunnerLinkServiceTest, LoadsAModelAndTellsWhatItHolds) {
  runner::v1::LoadEvent event;

  const grpc::Status status = Load(TinyModel().Write("tells"), event);

  EXPECT_TRUE(status.ok()) << status.error_message();
  ASSERT_TRUE(event.has_ready());
  ASSERT_GE(event.ready().devices_size(), 1);
  EXPECT_GT(event.ready().devices(0).weights_bytes(), 500'000);
}

TEST_F(RunnerLinkServiceTest, TellsWhyALoadFailed) {
  runner::v1::LoadEvent event;

  const grpc::Status status = Load("/nonexistent/model.gguf", event);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(status.error_message(), HasSubstr("/nonexistent/model.gguf"));
}

TEST_F(RunnerLinkServiceTest, CarriesSeveralGenerationsOverOneCall) {
  ASSERT_TRUE(Load(TinyModel::Reciting({"It", " is", " five."})).ok());
  grpc::ClientContext control_context;
  runner::v1::ControlSummary summary;
  const auto control = stub_->Control(&control_context, &summary);
  grpc::ClientContext steps_context;
  const auto steps = stub_->Steps(&steps_context, {});

  for (int64_t id = 1; id <= 4; ++id) {
    control->Write(ToProto(Command{
        id, Start{.generation = {.input = ">"}, .credit_tokens = 100}}));
  }

  std::map<int64_t, std::string> texts;
  std::map<int64_t, std::string> full_texts;
  runner::v1::Step step;
  while (full_texts.size() < 4 && steps->Read(&step)) {
    for (const runner::v1::GenerationEvent& event : step.events()) {
      texts[event.generation_id()] += event.token().text();
      if (event.has_finished()) {
        full_texts[event.generation_id()] = event.finished().full_text();
      }
    }
  }
  EXPECT_EQ(texts, full_texts);
  EXPECT_EQ(texts[4], "It is five.");
  control->WritesDone();
  EXPECT_TRUE(control->Finish().ok());
}

TEST_F(RunnerLinkServiceTest, CarriesGrantsAndCancelsToTheEngine) {
  ASSERT_TRUE(Load(TinyModel()).ok());
  grpc::ClientContext control_context;
  runner::v1::ControlSummary summary;
  const auto control = stub_->Control(&control_context, &summary);
  grpc::ClientContext steps_context;
  const auto steps = stub_->Steps(&steps_context, {});
  const Generation generation = {
      .input = "a", .sampling = {.temperature = 0}, .token_count_max = 5};
  control->Write(ToProto(Command{1, Start{generation, /*credit=*/0}}));
  control->Write(ToProto(Command{2, Start{generation, /*credit=*/0}}));
  control->Write(ToProto(Command{1, Grant{100}}));
  control->Write(ToProto(Command{2, Cancel{}}));

  std::set<int64_t> finished;
  std::set<int64_t> failed;
  runner::v1::Step step;
  while (finished.size() + failed.size() < 2 && steps->Read(&step)) {
    for (const runner::v1::GenerationEvent& event : step.events()) {
      if (event.has_finished()) finished.insert(event.generation_id());
      if (event.has_failure()) {
        EXPECT_EQ(event.failure().code(), grpc::StatusCode::CANCELLED);
        failed.insert(event.generation_id());
      }
    }
  }

  EXPECT_THAT(finished, testing::ElementsAre(1));
  EXPECT_THAT(failed, testing::ElementsAre(2));
  control_context.TryCancel();
  EXPECT_FALSE(control->Finish().ok());
}

}  // namespace
}  // namespace hwledger
