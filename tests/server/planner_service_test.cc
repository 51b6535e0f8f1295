#include "server/planner_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "boost/asio/thread_pool.hpp"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

// The service on a machine of one CPU; the daemon's other parts are not there.
class PlannerServiceTest : public testing::Test {
 protected:
  PlannerServiceTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    planner_ = v1::Planner::NewStub(server_->InProcessChannel({}));
  }
  ~PlannerServiceTest() override {
    server_->Shutdown();
    server_->Wait();
    workers_.join();
  }

  static v1::EstimateVramRequest Question(int32_t sequence_length) {
    v1::EstimateVramRequest request;
    request.set_model_id("llama-3.1-8b");
    request.set_quantization("Q4_K_M");
    request.set_sequence_length(sequence_length);
    request.add_devices()->set_name("rtx-3060");
    return request;
  }
  v1::MemoryPrediction Estimate(const v1::EstimateVramRequest& request) {
    grpc::ClientContext context;
    v1::MemoryPrediction prediction;
    EXPECT_TRUE(planner_->EstimateVram(&context, request, &prediction).ok());
    return prediction;
  }
  grpc::Status Fit(const v1::FitVramRequest& request,
                   v1::FitVramResponse* response) {
    grpc::ClientContext context;
    return planner_->FitVram(&context, request, response);
  }

  boost::asio::thread_pool workers_{2};
  ModelStore store_{""};
  Hardware hardware_{[](DeviceRates) {
    return std::vector<Device>{{.name = "CPU", .free = GiB(64)}};
  }};
  Estimator estimator_{store_, hardware_,
                       [](const std::string&, const EngineOptions&) {
                         return absl::StatusOr<std::vector<DeviceUse>>(
                             absl::UnavailableError("no engine in this test"));
                       }};
  PlannerService service_{estimator_, workers_.get_executor()};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Planner::Stub> planner_;
};

TEST_F(PlannerServiceTest, RefusesWhatHasNoEffect) {
  v1::EstimateVramRequest experts = Question(64);
  experts.set_cpu_moe_layers(1);
  v1::EstimateVramRequest draft = Question(64);
  draft.set_draft_kv_cache_type_k("f16");
  v1::EstimateVramRequest share = Question(64);
  share.set_gpu_memory_utilization(0.5);
  const std::vector<std::pair<v1::EstimateVramRequest, std::string>> cases = {
      {experts, "cpu_moe_layers must be 0 for a model without experts"},
      {draft, "draft_kv_cache_type_k needs a draft model"},
      {share, "gpu_memory_utilization is of runtime VLLM alone; got 0.5"}};
  for (const auto& [request, message] : cases) {
    grpc::ClientContext context;
    v1::MemoryPrediction prediction;
    v1::FitVramRequest fit;
    *fit.mutable_base() = request;
    fit.set_goal(v1::FIT_GOAL_SEQUENCE_LENGTH);
    v1::FitVramResponse response;

    EXPECT_THAT(
        planner_->EstimateVram(&context, request, &prediction).error_message(),
        HasSubstr(message));
    EXPECT_THAT(Fit(fit, &response).error_message(),
                HasSubstr("base." + message));
  }
}

TEST_F(PlannerServiceTest, FitsWithARequestThatCanBeAskedAgain) {
  for (const v1::FitGoal goal :
       {v1::FIT_GOAL_SEQUENCE_LENGTH, v1::FIT_GOAL_BATCH_SIZE,
        v1::FIT_GOAL_QUANTIZATION, v1::FIT_GOAL_GPU_LAYERS}) {
    v1::FitVramRequest request;
    *request.mutable_base() = Question(8192);
    request.set_goal(goal);
    v1::FitVramResponse response;

    ASSERT_TRUE(Fit(request, &response).ok());

    EXPECT_TRUE(response.fits());
    const v1::MemoryPrediction again = Estimate(response.request());
    EXPECT_EQ(again.total_bytes(), response.prediction().total_bytes());
    EXPECT_NE(again.verdict(), v1::VERDICT_DOES_NOT_FIT);
  }
}

TEST_F(PlannerServiceTest, CountsADraftAndFindsWhatFitsBesideIt) {
  v1::EstimateVramRequest question = Question(8192);
  const v1::MemoryPrediction alone = Estimate(question);
  question.set_draft_model_id("llama-3.2-1b");
  question.set_draft_quantization("Q8_0");
  question.set_draft_kv_cache_type_k("q8_0");
  question.set_include_terms(true);
  const v1::MemoryPrediction both = Estimate(question);

  ASSERT_EQ(both.additions_size(), 1);
  const v1::AdditionPrediction& draft = both.additions(0);
  EXPECT_EQ(draft.kind(), v1::ADDITION_KIND_DRAFT_MODEL);
  EXPECT_EQ(both.weights_bytes(),
            alone.weights_bytes() + draft.weights_bytes());
  EXPECT_EQ(both.kv_cache_bytes(),
            alone.kv_cache_bytes() + draft.kv_cache_bytes());
  // 16 layers · 8192 tokens · 512 · (34 / 32 + 2) bytes.
  EXPECT_EQ(draft.kv_cache_bytes(), int64_t{196} << 20);
  int64_t devices = 0;
  for (const v1::DevicePrediction& device : both.devices()) {
    devices += device.total_bytes();
  }
  EXPECT_EQ(devices, both.total_bytes());
  int64_t terms = 0;
  for (const v1::MemoryTerm& term : both.terms()) terms += term.size_bytes();
  EXPECT_EQ(terms, both.total_bytes());
  EXPECT_THAT(both.launch().llama_server(),
              HasSubstr("-md DRAFT.gguf --spec-type draft-simple -ctkd q8_0"));

  v1::FitVramRequest request;
  *request.mutable_base() = question;
  request.set_goal(v1::FIT_GOAL_SEQUENCE_LENGTH);
  request.set_reserve_bytes(0);
  v1::FitVramResponse fit;
  ASSERT_TRUE(Fit(request, &fit).ok());
  EXPECT_EQ(fit.request().sequence_length(), both.max_sequence_length());
  EXPECT_LT(fit.request().sequence_length(), alone.max_sequence_length());
}

TEST_F(PlannerServiceTest, NamesTheFieldOfAnAddition) {
  v1::FitVramRequest request;
  *request.mutable_base() = Question(8192);
  request.mutable_base()->add_lora_adapters("adapter.gguf");
  request.set_goal(v1::FIT_GOAL_SEQUENCE_LENGTH);
  v1::FitVramResponse response;

  EXPECT_THAT(Fit(request, &response).error_message(),
              HasSubstr("base.lora_adapters[0] must be an absolute path"));
}

TEST_F(PlannerServiceTest, PredictsHowFastAPromptIsReadAndAnAnswerWritten) {
  v1::EstimateVramRequest request = Question(8192);
  const v1::Throughput alone = Estimate(request).throughput();
  request.set_batch_size(4);
  const v1::Throughput together = Estimate(request).throughput();

  EXPECT_EQ(alone.decode().binding_term(), v1::BINDING_TERM_MEMORY_BANDWIDTH);
  EXPECT_EQ(alone.prefill().binding_term(), v1::BINDING_TERM_COMPUTE);
  EXPECT_GT(alone.prefill().low_tokens_per_second(),
            alone.decode().high_tokens_per_second());
  EXPECT_FALSE(alone.has_decode_all());
  EXPECT_GT(together.decode_all().low_tokens_per_second(),
            alone.decode().low_tokens_per_second());
}

TEST_F(PlannerServiceTest, ExplainsAnotherRuntimeByTermsThatAddUpToItsParts) {
  v1::EstimateVramRequest request = Question(8192);
  request.set_runtime(v1::RUNTIME_VLLM);
  request.set_quantization("awq");
  request.set_include_terms(true);

  const v1::MemoryPrediction prediction = Estimate(request);

  std::map<v1::MemoryPart, int64_t> sums;
  for (const v1::MemoryTerm& term : prediction.terms()) {
    sums[term.part()] += term.size_bytes();
  }
  EXPECT_EQ(sums[v1::MEMORY_PART_WEIGHTS], prediction.weights_bytes());
  EXPECT_EQ(sums[v1::MEMORY_PART_KV_CACHE], prediction.kv_cache_bytes());
  EXPECT_EQ(sums[v1::MEMORY_PART_RUNTIME_OVERHEAD],
            prediction.runtime_overhead_bytes());
}

TEST_F(PlannerServiceTest, TellsHowToStartWhatWasPlanned) {
  v1::EstimateVramRequest request = Question(8192);
  request.set_kv_cache_type_k("Q8_0");
  const v1::LaunchCommands quantized = Estimate(request).launch();
  request.clear_kv_cache_type_k();
  request.clear_quantization();
  request.set_runtime(v1::RUNTIME_VLLM);
  request.set_micro_batch_size(1024);
  const v1::MemoryPrediction in_vllm = Estimate(request);

  EXPECT_THAT(quantized.llama_server(), HasSubstr(" -ctk q8_0 "));
  EXPECT_FALSE(quantized.has_vllm());
  ASSERT_EQ(quantized.notes_size(), 1);
  EXPECT_THAT(quantized.notes(0), HasSubstr("it has no weights in Q4_K_M"));
  EXPECT_FALSE(in_vllm.launch().has_llama_server());
  EXPECT_THAT(in_vllm.launch().vllm(),
              HasSubstr("meta-llama/Llama-3.1-8B --max-model-len 8192 "
                        "--max-num-seqs 1 --gpu-memory-utilization 0.9 "
                        "--max-num-batched-tokens 1024"));
  EXPECT_EQ(in_vllm.launch().notes_size(), 0);
  EXPECT_EQ(in_vllm.model().quantization(), "bf16");
}

TEST_F(PlannerServiceTest, RefusesOptionsThatARuntimeDoesNotHave) {
  v1::EstimateVramRequest request = Question(8192);
  request.clear_quantization();
  request.set_runtime(v1::RUNTIME_VLLM);
  request.set_gpu_layers(3);
  grpc::ClientContext context;
  v1::MemoryPrediction prediction;

  const grpc::Status status =
      planner_->EstimateVram(&context, request, &prediction);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(),
              HasSubstr("gpu_layers is no option of vLLM; got 3"));
}

TEST_F(PlannerServiceTest, RefusesAComputeRateThatIsNoRate) {
  v1::EstimateVramRequest request = Question(8192);
  request.mutable_devices(0)->set_flops_per_second(-1);
  grpc::ClientContext context;
  v1::MemoryPrediction prediction;

  EXPECT_THAT(
      planner_->EstimateVram(&context, request, &prediction).error_message(),
      HasSubstr("devices.flops_per_second must be positive; got -1"));
}

TEST_F(PlannerServiceTest, NamesTheFieldOfAFitInItsPlace) {
  v1::FitVramRequest request;
  *request.mutable_base() = Question(0);
  v1::FitVramResponse response;

  EXPECT_THAT(Fit(request, &response).error_message(),
              HasSubstr("goal must be one of the goals; got 0"));

  request.set_goal(v1::FIT_GOAL_BATCH_SIZE);
  EXPECT_THAT(Fit(request, &response).error_message(),
              HasSubstr("base.sequence_length must be between 1 and"));

  request.mutable_base()->set_sequence_length(1);
  request.set_reserve_bytes(-1);
  EXPECT_THAT(Fit(request, &response).error_message(),
              HasSubstr("reserve_bytes must not be negative; got -1"));
}

TEST_F(PlannerServiceTest, WatchesWithOneAnswerToEachRequestAwaited) {
  grpc::ClientContext context;
  const auto stream = planner_->WatchVram(&context);
  for (int32_t tag = 1; tag <= 100; ++tag) {
    v1::EstimateVramRequest request = Question(256 * tag);
    request.set_tag(tag);
    v1::MemoryPrediction prediction;

    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&prediction));

    EXPECT_EQ(prediction.tag(), tag);
    EXPECT_EQ(prediction.kv_cache_bytes(), tag * (int64_t{32} << 20));
  }
  EXPECT_TRUE(stream->WritesDone());
  v1::MemoryPrediction rest;
  EXPECT_FALSE(stream->Read(&rest));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(PlannerServiceTest, WatchesWithoutQueuesAndEndsWithTheNewest) {
  constexpr int32_t kRequests = 2000;
  grpc::ClientContext context;
  const auto stream = planner_->WatchVram(&context);
  for (int32_t tag = 1; tag <= kRequests; ++tag) {
    v1::EstimateVramRequest request = Question(tag);
    request.set_tag(tag);
    ASSERT_TRUE(stream->Write(request));
  }
  stream->WritesDone();

  int64_t answers = 0;
  int64_t last = 0;
  v1::MemoryPrediction prediction;
  while (stream->Read(&prediction)) {
    ++answers;
    EXPECT_GT(prediction.tag(), last);
    last = prediction.tag();
  }

  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(last, kRequests);
  EXPECT_LT(answers, kRequests);
}

TEST_F(PlannerServiceTest, EndsAWatchWithTheErrorOfABadRequest) {
  grpc::ClientContext context;
  const auto stream = planner_->WatchVram(&context);
  ASSERT_TRUE(stream->Write(Question(-1)));

  v1::MemoryPrediction prediction;
  EXPECT_FALSE(stream->Read(&prediction));

  EXPECT_THAT(stream->Finish().error_message(),
              HasSubstr("sequence_length must be between 1 and"));
}

TEST_F(PlannerServiceTest, LetsGoOfAWatchThatIsCancelled) {
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    const auto stream = planner_->WatchVram(&context);
    stream->Write(Question(256));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  // That no stream is left shows in the end of the server, which waits for it.
}

}  // namespace
}  // namespace hwledger
