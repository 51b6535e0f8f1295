#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::SizeIs;

// Numbers that are easy to see, not to believe.
class FitTest : public CommandTest {
 protected:
  FitTest() {
    daemon.fit_vram = [this](const v1::FitVramRequest& request,
                             v1::FitVramResponse* response) {
      requests.push_back(request);
      *response->mutable_request() = request.base();
      response->mutable_request()->set_batch_size(7);
      response->set_fits(fits);
      response->mutable_prediction()->set_method(
          v1::PREDICTION_METHOD_ANALYTIC);
      response->mutable_prediction()->mutable_model()->set_layer_count(32);
      response->mutable_prediction()->mutable_model()->set_quantization("Q8_0");
      response->mutable_prediction()->mutable_model()->set_max_sequence_length(
          context_tokens_max);
      if (has_gpu) {
        response->mutable_prediction()->add_devices()->set_kind(
            v1::DEVICE_KIND_GPU);
      }
      return grpc::Status::OK;
    };
  }

  bool fits = true;
  bool has_gpu = false;
  int64_t context_tokens_max = 131072;
  std::vector<v1::FitVramRequest> requests;
};

TEST_F(FitTest, AsksForOneGoal) {
  const Outcome outcome =
      Run({"fit", "demo", "--for", "quantization", "--reserve", "2GiB",
           "--among", "Q8_0,Q4_K_M", "-c", "4096", "--device", "rtx-4090"});

  EXPECT_EQ(outcome.exit_code, 0);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].ShortDebugString(),
            "base { model_id: \"demo\" sequence_length: 4096 devices { name: "
            "\"rtx-4090\" } } goal: FIT_GOAL_QUANTIZATION reserve_bytes: "
            "2147483648 quantizations: \"Q8_0\" quantizations: \"Q4_K_M\"");
  EXPECT_THAT(outcome.output, HasSubstr("best quantization  Q8_0"));
}

TEST_F(FitTest, CountsWhatIsLoadedBesideTheModel) {
  Run({"fit", "demo", "--for", "context", "--lora", "/a.gguf", "--draft",
       "llama-3.2-1b"});

  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].base().lora_adapters(0), "/a.gguf");
  EXPECT_EQ(requests[0].base().draft_model_id(), "llama-3.2-1b");
}

TEST_F(FitTest, AsksForEveryGoalThatTheDevicesAllow) {
  Run({"fit", "demo"});
  EXPECT_THAT(requests, SizeIs(3));

  requests.clear();
  has_gpu = true;
  const Outcome outcome = Run({"fit", "demo"});

  EXPECT_THAT(requests, SizeIs(4));
  EXPECT_THAT(outcome.output, HasSubstr("longest context    7 × 8192 tokens"));
  EXPECT_THAT(outcome.output, HasSubstr("most sequences     7 × 8192 tokens"));
  EXPECT_THAT(outcome.output, HasSubstr("most GPU layers    0 of 33"));
}

TEST_F(FitTest, AsksForNoMoreThanTheModelWasTrainedFor) {
  context_tokens_max = 512;

  Run({"fit", "demo", "--for", "sequences"});
  Run({"fit", "demo", "--for", "sequences", "-c", "1024"});

  ASSERT_THAT(requests, SizeIs(3));
  EXPECT_EQ(requests[0].base().sequence_length(), 8192);
  EXPECT_EQ(requests[1].base().sequence_length(), 512);
  EXPECT_EQ(requests[2].base().sequence_length(), 1024);
}

TEST_F(FitTest, TakesOneGoalPerOption) {
  Run({"fit", "--for", "quantization", "--among", "Q8_0", "demo"});

  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_EQ(requests[0].base().model_id(), "demo");
}

TEST_F(FitTest, NamesOptionsInsteadOfFields) {
  google::rpc::BadRequest bad_request;
  google::rpc::BadRequest::FieldViolation& violation =
      *bad_request.add_field_violations();
  violation.set_field("base.devices");
  violation.set_description("base.devices must have a GPU");
  google::rpc::Status details;
  details.add_details()->PackFrom(bad_request);
  daemon.fit_vram = [&](const auto&, auto*) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                        violation.description(), details.SerializeAsString());
  };

  EXPECT_EQ(Run({"fit", "demo"}).errors,
            "hwledger: --device must have a GPU\n");
}

TEST_F(FitTest, FailsWhereNothingFits) {
  fits = false;

  const Outcome outcome = Run({"fit", "demo", "--for", "context"});

  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.output, HasSubstr("longest context  none fits"));
}

TEST_F(FitTest, PrintsOneLineOfJsonPerGoal) {
  EXPECT_THAT(
      Run({"fit", "demo", "--for", "context", "--for", "sequences", "--json"})
          .output,
      MatchesRegex("\\{\"goal\":\"context\",\"fits\":true.*\n"
                   "\\{\"goal\":\"sequences\",\"fits\":true.*\n"));
}

TEST_F(FitTest, AsksOnceForAGoalThatIsRepeated) {
  Run({"fit", "demo", "--for", "context", "--for", "context"});

  EXPECT_THAT(requests, SizeIs(1));
}

TEST_F(FitTest, SaysHowManySequencesAContextIsOf) {
  EXPECT_THAT(Run({"fit", "demo", "--for", "context", "-n", "3"}).output,
              HasSubstr("longest context  7 × 8192 tokens"));
}

TEST_F(FitTest, SaysWhatItLeavesFreeAndHowItPredicts) {
  EXPECT_THAT(Run({"fit", "demo"}).output,
              AllOf(HasSubstr("Leaves a twentieth of each device's free memory "
                              "unused; --reserve says otherwise.\n"),
                    HasSubstr("Predicted by formula")));
  EXPECT_THAT(Run({"fit", "demo", "--reserve", "2GiB"}).output,
              HasSubstr("Leaves 2.00 GiB of each device's free memory "
                        "unused.\n"));
}

TEST_F(FitTest, RefusesAnOptionThatHasNoEffect) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--for", "context", "-c", "4096"}, "--sequence-length has no effect"},
      {{"--for", "sequences", "-n", "9"}, "--batch-size has no effect"},
      {{"--for", "quantization", "-q", "F16"}, "--quantization has no effect"},
      {{"--for", "gpu-layers", "--gpu-layers", "5"},
       "--gpu-layers has no effect with --for gpu-layers alone"},
      {{"--for", "context", "--among", "Q8_0"},
       "--among has no effect without --for quantization"}};
  for (const auto& [options, message] : cases) {
    std::vector<std::string> arguments = {"fit", "demo"};
    arguments.insert(arguments.end(), options.begin(), options.end());

    const Outcome outcome = Run(arguments);

    EXPECT_EQ(outcome.exit_code, 2) << message;
    EXPECT_THAT(outcome.errors, HasSubstr(message));
  }
  EXPECT_THAT(requests, IsEmpty());
}

TEST_F(FitTest, TakesAnOptionThatOneOfItsGoalsAsksFor) {
  EXPECT_EQ(Run({"fit", "demo", "-c", "4096", "-n", "2", "-q", "F16", "--among",
                 "Q8_0"})
                .exit_code,
            0);
  EXPECT_EQ(Run({"fit", "demo", "--for", "context", "--for", "sequences", "-c",
                 "4096"})
                .exit_code,
            0);
}

TEST_F(FitTest, OffersOnlyWhatItCanDo) {
  EXPECT_THAT(Run({"fit", "--help"}).output,
              AllOf(Not(HasSubstr("--runtime")), Not(HasSubstr("awq")),
                    Not(HasSubstr("--gpu-memory-utilization")),
                    Not(HasSubstr("--method"))));
  EXPECT_EQ(Run({"fit", "demo", "--runtime", "vllm"}).exit_code, 2);
}

TEST_F(FitTest, RefusesAGoalThatIsNone) {
  const Outcome outcome = Run({"fit", "demo", "--for", "luck"});

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.errors,
              HasSubstr("luck not in "
                        "{context,sequences,quantization,gpu-layers}"));
}

}  // namespace
}  // namespace hwledger
