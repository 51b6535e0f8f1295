#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr int64_t kGiB = int64_t{1} << 30;

// Numbers that are easy to see, not to believe.
v1::MemoryPrediction Prediction(const v1::EstimateVramRequest& request) {
  v1::MemoryPrediction prediction;
  prediction.set_weights_bytes(5 * kGiB);
  prediction.set_kv_cache_bytes(2 * kGiB);
  prediction.set_runtime_overhead_bytes(kGiB / 2);
  prediction.set_total_bytes(7 * kGiB + kGiB / 2);
  prediction.set_max_sequence_length(40960);
  prediction.set_verdict(v1::VERDICT_FITS);
  prediction.set_method(v1::PREDICTION_METHOD_ANALYTIC);
  prediction.mutable_model()->set_model_id(request.model_id());
  prediction.mutable_model()->set_parameter_count(8'030'000'000);
  prediction.mutable_model()->set_active_parameter_count(8'030'000'000);
  prediction.mutable_model()->set_quantization("Q4_K_M");
  prediction.mutable_model()->set_max_sequence_length(131072);
  v1::DevicePrediction& device = *prediction.add_devices();
  device.set_name("CUDA0");
  device.set_free_bytes(24 * kGiB);
  device.set_verdict(v1::VERDICT_FITS);
  return prediction;
}

class PlanTest : public CommandTest {
 protected:
  PlanTest() {
    daemon.estimate_vram = [this](const v1::EstimateVramRequest& request,
                                  v1::MemoryPrediction* response) {
      requests.push_back(request);
      *response = Prediction(request);
      if (change) change(*response);
      return grpc::Status::OK;
    };
  }

  std::function<void(v1::MemoryPrediction&)> change;
  std::vector<v1::EstimateVramRequest> requests;
};

TEST_F(PlanTest, SendsWhatWasAskedFor) {
  Run({"plan",
       "demo",
       "-c",
       "4096",
       "-n",
       "2",
       "-q",
       "Q8_0",
       "--kv-cache-type",
       "q8_0",
       "--kv-cache-type-v",
       "f16",
       "--flash-attention",
       "on",
       "--micro-batch-size",
       "256",
       "--gpu-layers",
       "0",
       "--device",
       "rtx-4090",
       "--device",
       "box:96GiB:400GB",
       "--device",
       "rtx-3060:::71TFLOPS",
       "--layers",
       "--method",
       "analytic"});

  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].ShortDebugString(),
            "model_id: \"demo\" sequence_length: 4096 batch_size: 2 "
            "quantization: \"Q8_0\" kv_cache_type_k: \"q8_0\" "
            "kv_cache_type_v: \"f16\" flash_attention: FLASH_ATTENTION_ON "
            "micro_batch_size: 256 gpu_layers: 0 "
            "devices { name: \"rtx-4090\" } "
            "devices { name: \"box\" memory_bytes: 103079215104 "
            "bandwidth_bytes_per_second: 400000000000 } "
            "devices { name: \"rtx-3060\" flops_per_second: 71000000000000 } "
            "include_layers: true method: PREDICTION_METHOD_ANALYTIC");
}

TEST_F(PlanTest, SendsWhatIsLoadedBesideTheModel) {
  Run({"plan", "demo", "-c", "1", "--mmproj", "/p.gguf", "--lora", "/a.gguf",
       "--lora", "/b.gguf", "--draft", "llama-3.2-1b", "--draft-quantization",
       "Q8_0", "--draft-kv-cache-type", "q8_0"});

  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].ShortDebugString(),
            "model_id: \"demo\" sequence_length: 1 mmproj: \"/p.gguf\" "
            "lora_adapters: \"/a.gguf\" lora_adapters: \"/b.gguf\" "
            "draft_model_id: \"llama-3.2-1b\" draft_quantization: \"Q8_0\" "
            "draft_kv_cache_type_k: \"q8_0\" draft_kv_cache_type_v: \"q8_0\"");
}

TEST_F(PlanTest, SendsHowSeveralGpusShareTheModel) {
  Run({"plan", "demo", "-c", "1", "--split-mode", "tensor"});

  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].ShortDebugString(),
            "model_id: \"demo\" sequence_length: 1 "
            "split_mode: SPLIT_MODE_TENSOR");
}

TEST_F(PlanTest, ShowsWhatIsLoadedBesideTheModel) {
  change = [](v1::MemoryPrediction& prediction) {
    v1::AdditionPrediction& addition = *prediction.add_additions();
    addition.set_kind(v1::ADDITION_KIND_DRAFT_MODEL);
    addition.set_model_id("llama-3.2-1b");
    addition.set_weights_bytes(2 * kGiB);
    addition.set_total_bytes(3 * kGiB);
  };

  EXPECT_THAT(Run({"plan", "demo"}).output,
              HasSubstr("draft model  llama-3.2-1b  2.00 GiB"));
}

TEST_F(PlanTest, LeavesToTheDaemonWhatWasNotAskedFor) {
  Run({"plan", "demo"});

  ASSERT_EQ(requests.size(), 1);
  EXPECT_EQ(requests[0].ShortDebugString(),
            "model_id: \"demo\" sequence_length: 8192");
}

TEST_F(PlanTest, PlansTheModelsOwnMaximumWhereThatIsLess) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.mutable_model()->set_max_sequence_length(512);
  };

  Run({"plan", "demo"});

  ASSERT_EQ(requests.size(), 2);
  EXPECT_EQ(requests[1].sequence_length(), 512);
}

TEST_F(PlanTest, PrintsOneRowPerModelForPipes) {
  const Outcome outcome = Run({"plan", "a", "/models/b.gguf"});

  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output,
            "Model           Params  Quant   Context   Weights  KV cache  "
            "Overhead     Total      Free  Fits  Longest  tok/s\n"
            "a                8.03B  Q4_K_M     8192  5.00 GiB  2.00 GiB   "
            "512 MiB  7.50 GiB  24.0 GiB  yes     40960      –\n"
            "/models/b.gguf   8.03B  Q4_K_M     8192  5.00 GiB  2.00 GiB   "
            "512 MiB  7.50 GiB  24.0 GiB  yes     40960      –\n");
}

TEST_F(PlanTest, ShowsTheRateAsARange) {
  change = [](v1::MemoryPrediction& prediction) {
    v1::TokenRate& rate = *prediction.mutable_throughput()->mutable_decode();
    rate.set_low_tokens_per_second(41.2);
    rate.set_high_tokens_per_second(55);
  };

  EXPECT_THAT(Run({"plan", "demo"}).output, HasSubstr("  ≤ 41.2–55.0\n"));
}

TEST_F(PlanTest, ShowsARateThatWasMeasuredAsNoBound) {
  change = [](v1::MemoryPrediction& prediction) {
    v1::Throughput& throughput = *prediction.mutable_throughput();
    throughput.mutable_decode()->set_low_tokens_per_second(41.2);
    throughput.mutable_decode()->set_high_tokens_per_second(55);
    throughput.mutable_calibration()->set_decode_count(3);
  };

  EXPECT_THAT(Run({"plan", "demo"}).output, HasSubstr("  41.2–55.0\n"));
}

TEST_F(PlanTest, TellsTheRateOfOneSequenceFromThatOfAll) {
  change = [](v1::MemoryPrediction& prediction) {
    v1::Throughput& throughput = *prediction.mutable_throughput();
    throughput.mutable_decode()->set_low_tokens_per_second(41.2);
    throughput.mutable_decode()->set_high_tokens_per_second(55);
    throughput.mutable_decode_all()->set_low_tokens_per_second(120);
    throughput.mutable_decode_all()->set_high_tokens_per_second(160);
  };

  const std::string output = Run({"plan", "demo", "-n", "4"}).output;

  EXPECT_THAT(output, HasSubstr("tok/s  all tok/s\n"));
  EXPECT_THAT(output, HasSubstr("≤ 41.2–55.0  ≤ 120–160\n"));
  EXPECT_THAT(
      output,
      HasSubstr("writes 41.2–55.0 tokens/s of one sequence alone (limit: "
                "unknown), 120–160 tokens/s of all together (limit: "
                "unknown).\n"));
}

TEST_F(PlanTest, ShowsNoRateForAModelThatDoesNotFit) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.set_verdict(v1::VERDICT_DOES_NOT_FIT);
    prediction.mutable_throughput()
        ->mutable_decode()
        ->set_high_tokens_per_second(55);
  };

  EXPECT_THAT(Run({"plan", "demo"}).output, Not(HasSubstr("55")));
}

TEST_F(PlanTest, FitsAnOrdinaryTerminal) {
  const Outcome outcome = RunInTerminal({"plan", "a", "b"}, /*columns=*/80);

  EXPECT_THAT(outcome.output,
              HasSubstr("no room for: Params, Context\x1b[0m\r\n"));
  EXPECT_THAT(outcome.output, HasSubstr("\x1b[32myes\x1b[0m"));
}

TEST_F(PlanTest, TellsAllAboutASingleModel) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.add_warnings("This is a test.");
    prediction.mutable_launch()->set_llama_server("llama-server -m demo");
  };

  const std::string output = Run({"plan", "demo"}).output;

  EXPECT_THAT(output, HasSubstr("CUDA0"));
  EXPECT_THAT(output, HasSubstr("Fits with a context of 8192 tokens"));
  EXPECT_THAT(output, HasSubstr("Warning: This is a test.\n"));
  EXPECT_THAT(output, EndsWith("  llama-server -m demo\n"));
}

TEST_F(PlanTest, SaysWhereExpertsLieThatTheirLayersCount) {
  change = [](v1::MemoryPrediction& prediction) {
    for (int32_t i = 0; i < 3; ++i) {
      v1::LayerPrediction& layer = *prediction.add_layers();
      layer.set_index(i);
      layer.set_device("CUDA0");
    }
  };

  EXPECT_THAT(Run({"plan", "demo", "--layers", "--cpu-moe-layers", "2"}).output,
              HasSubstr("The weights count the experts of layers 0 to 1, which "
                        "lie in main memory, on CUDA0, and not on the layer's "
                        "device.\n"));
  EXPECT_THAT(Run({"plan", "demo", "--layers"}).output,
              AllOf(HasSubstr("The token embedding and the output layer are no "
                              "layers of these.\n"),
                    Not(HasSubstr("experts"))));
}

TEST_F(PlanTest, DoesNotAddUpMemoryThatIsShared) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.clear_devices();
    v1::DevicePrediction& host = *prediction.add_devices();
    host.set_kind(v1::DEVICE_KIND_CPU);
    host.set_free_bytes(64 * kGiB);
    v1::DevicePrediction& gpu = *prediction.add_devices();
    gpu.set_kind(v1::DEVICE_KIND_INTEGRATED_GPU);
    gpu.set_free_bytes(48 * kGiB);
  };

  EXPECT_THAT(Run({"plan", "demo"}).output,
              HasSubstr("  64.0 GiB (GPU: 48.0 GiB)  yes"));
}

TEST_F(PlanTest, TellsWhyACommandLineIsMissing) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.mutable_launch()->add_notes("No command line for vLLM: a test.");
  };

  const std::string output = Run({"plan", "demo"}).output;

  EXPECT_THAT(output, EndsWith("\nNo command line for vLLM: a test.\n"));
  EXPECT_THAT(output, Not(HasSubstr("The same elsewhere")));
}

TEST_F(PlanTest, TellsNoLongestContextBelowOneThatFits) {
  const auto longest = [this](int64_t tokens, v1::Verdict verdict) {
    change = [=](v1::MemoryPrediction& prediction) {
      prediction.set_verdict(verdict);
      prediction.set_max_sequence_length(tokens);
      prediction.mutable_model()->set_max_sequence_length(512);
    };
    return Run({"plan", "demo", "-c", "1000"}).output;
  };

  EXPECT_THAT(longest(512, v1::VERDICT_FITS),
              HasSubstr("Fits with a context of 1000 tokens; the model's own "
                        "maximum is 512.\n"));
  EXPECT_THAT(longest(512, v1::VERDICT_DOES_NOT_FIT),
              HasSubstr("Does not fit with a context of 1000 tokens; the "
                        "longest that fits is 512, the model's maximum.\n"));
  EXPECT_THAT(longest(256, v1::VERDICT_DOES_NOT_FIT),
              HasSubstr("the longest that fits is 256 tokens.\n"));
}

TEST_F(PlanTest, SaysThatTheSpeedOfAnotherRuntimeIsNotPredicted) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.mutable_total_range()->set_high_bytes(8 * kGiB);
  };

  EXPECT_THAT(Run({"plan", "demo", "--runtime", "vllm"}).output,
              HasSubstr("\nIts speed is not predicted: that is known of "
                        "llama.cpp alone.\n"));
}

TEST_F(PlanTest, ExplainsEachTermIfAsked) {
  change = [](v1::MemoryPrediction& prediction) {
    v1::MemoryTerm& term = *prediction.add_terms();
    term.set_part(v1::MEMORY_PART_KV_CACHE);
    term.set_name("keys and values");
    term.set_formula("2 layers · 256 cells");
    term.set_size_bytes(2048);
  };

  const std::string output = Run({"plan", "demo", "--explain"}).output;

  EXPECT_TRUE(requests[0].include_terms());
  EXPECT_THAT(output, HasSubstr("KV cache  keys and values  2.00 KiB  2 layers "
                                "· 256 cells\n"));
}

TEST_F(PlanTest, PrintsTheOtherModelsWhereOneIsMissing) {
  const auto estimate = daemon.estimate_vram;
  daemon.estimate_vram = [&](const auto& request, auto* response) {
    if (request.model_id() == "gone") {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "no such model: gone");
    }
    return estimate(request, response);
  };

  const Outcome outcome = Run({"plan", "gone", "demo"});

  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.errors, "hwledger: no such model: gone\n");
  EXPECT_THAT(outcome.output, AllOf(HasSubstr("demo"), Not(HasSubstr("gone"))));
}

TEST_F(PlanTest, FailsForAModelThatDoesNotFitOnlyIfAsked) {
  change = [](v1::MemoryPrediction& prediction) {
    prediction.set_verdict(v1::VERDICT_DOES_NOT_FIT);
  };

  EXPECT_EQ(Run({"plan", "demo"}).exit_code, 0);
  EXPECT_EQ(Run({"plan", "demo", "--check"}).exit_code, 4);
}

TEST_F(PlanTest, PrintsJsonWithTheNamesOfTheContract) {
  const Outcome outcome = Run({"plan", "a", "b", "--json"});

  EXPECT_THAT(outcome.output,
              MatchesRegex("\\{\"weights_mb\":\"0\".*\"model_id\":\"a\".*\n"
                           "\\{\"weights_mb\":\"0\".*\"model_id\":\"b\".*\n"));
  EXPECT_THAT(outcome.output, Not(HasSubstr("throughput")));
}

}  // namespace
}  // namespace hwledger
