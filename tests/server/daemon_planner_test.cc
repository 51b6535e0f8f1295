#include <fstream>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(DaemonTest, PredictsTheDemoWithTheEnginesOwnFigures) {
  v1::MemoryPrediction prediction;
  v1::EstimateVramRequest request = Question("demo");
  request.set_include_layers(true);

  ASSERT_TRUE(Estimate(request, &prediction).ok());

  EXPECT_EQ(prediction.method(), v1::PREDICTION_METHOD_DRY_RUN);
  EXPECT_GT(prediction.weights_bytes(), 0);
  EXPECT_EQ(prediction.total_bytes(), prediction.weights_bytes() +
                                          prediction.kv_cache_bytes() +
                                          prediction.runtime_overhead_bytes());
  EXPECT_EQ(prediction.layers_size(), prediction.model().layer_count());
  int64_t kv_cache_bytes = 0;
  for (const auto& layer : prediction.layers()) {
    kv_cache_bytes += layer.kv_cache_bytes();
  }
  EXPECT_EQ(kv_cache_bytes, prediction.kv_cache_bytes());
}

TEST_F(DaemonTest, PredictsWhatLoadingThenMeasures) {
  const v1::LoadedModel loaded = Load(/*slot_count=*/2);

  EXPECT_EQ(loaded.state(), v1::LOAD_STATE_READY);
  EXPECT_EQ(loaded.memory().predicted_bytes(),
            loaded.memory().measured_bytes());
}

TEST_F(DaemonTest, NamesTheFieldAndTheValueOfABadRequest) {
  v1::EstimateVramRequest request = Question("demo");
  request.set_sequence_length(-3);

  const grpc::Status status = Estimate(request);

  EXPECT_THAT(status, IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                  AllOf(HasSubstr("sequence_length"),
                                        HasSubstr("-3"))));
  google::rpc::Status details;
  google::rpc::BadRequest bad_request;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_TRUE(details.details(0).UnpackTo(&bad_request));
  EXPECT_EQ(bad_request.field_violations(0).field(), "sequence_length");
}

TEST_F(DaemonTest, ListsTheClosestNamesOfAnUnknownModel) {
  EXPECT_THAT(Estimate(Question("llama-3.1-8")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND,
                          AllOf(HasSubstr("'llama-3.1-8'"),
                                HasSubstr("llama-3.1-8b"))));
}

TEST_F(DaemonTest, RefusesWhatIsNoModel) {
  const std::string garbage = folder_ / "garbage.gguf";
  std::ofstream(garbage) << "GGUF but not really, and long enough to be one";

  EXPECT_THAT(Estimate(Question(garbage)),
              Not(IsGrpcError(grpc::StatusCode::OK, "")));
  EXPECT_THAT(Estimate(Question(folder_ / "nothing.gguf")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND, HasSubstr("nothing")));
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_THAT(Estimate(Question(folder_ / "empty")),
              IsGrpcError(grpc::StatusCode::NOT_FOUND,
                          HasSubstr("neither a config.json")));
  v1::EstimateVramRequest request = Question("llama-3.1-8b");
  request.set_quantization("Q4_K_Q");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                             AllOf(HasSubstr("quantization"),
                                                   HasSubstr("Q4_K_Q"))));
}

TEST_F(DaemonTest, PredictsAModelOfWhichThereIsOnlyAConfig) {
  v1::EstimateVramRequest request = Question("");
  request.set_config_json(
      R"({"model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
          "num_attention_heads": 2, "num_key_value_heads": 1,
          "num_hidden_layers": 1, "vocab_size": 4,
          "max_position_embeddings": 64, "torch_dtype": "bfloat16"})");
  v1::MemoryPrediction prediction;

  ASSERT_TRUE(Estimate(request, &prediction).ok());

  // tests/safetensors_file.h counts them.
  EXPECT_EQ(prediction.model().parameter_count(), 664);
  EXPECT_EQ(prediction.method(), v1::PREDICTION_METHOD_ANALYTIC);

  request.set_config_json("{}");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::UNIMPLEMENTED,
                                             HasSubstr("model_type")));
  request.set_model_id("demo");
  EXPECT_THAT(Estimate(request), IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                                             HasSubstr("config_json")));
}

}  // namespace
}  // namespace hwledger
