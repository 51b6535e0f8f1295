#include "core/launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/planner/device_presets.h"
#include "core/runtime_estimate.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Device kHost = {.name = "CPU", .total = GiB(64), .free = GiB(64)};

Device Preset(std::string_view name) { return *FindDevicePreset(name); }

KnownModel Named(const std::string& name) {
  return CatalogueModel(name, **FindInCatalogue(name));
}

// A GGUF file of that model as it is published.
KnownModel Stored(const std::string& name) {
  KnownModel model = Named(name);
  model.source = ModelSource::kGguf;
  model.reference.clear();
  model.published.reset();
  model.file = "/m.gguf";
  return model;
}

class LaunchTest : public testing::Test {
 protected:
  Launch LaunchOn(std::vector<Device> devices, const KnownModel& model) {
    const bool is_llama = !request.runtime;
    const auto known =
        Shaped(model, is_llama ? request.quantization : std::string());
    EXPECT_TRUE(known.ok()) << known.status();
    if (!is_llama) {
      const auto estimate = EstimateForRuntime(request, *known, devices);
      EXPECT_TRUE(estimate.ok()) << estimate.status();
      return LaunchOf(request, *estimate);
    }
    devices.insert(devices.begin(), kHost);
    const auto plan = PlanMemory(*(*known)->shape, request.options, devices);
    EXPECT_TRUE(plan.ok()) << plan.status();
    return LaunchOf(request,
                    {.model = *known, .additions = additions, .plan = *plan});
  }

  EstimateRequest request = {.options = {.sequence_length = 8192}};
  Additions additions;
};

class LlamaCppLaunchTest : public LaunchTest {};

TEST_F(LlamaCppLaunchTest, RunsAFileAsItIs) {
  const Launch launch = LaunchOn({Preset("rtx-4090")}, Stored("qwen3-8b"));

  EXPECT_EQ(launch.llama_server,
            "llama-server -m /m.gguf -c 8192 -np 1 -ub 512 -fa auto "
            "--kv-unified -ngl all --fit off -cram 0");
  EXPECT_THAT(launch.notes, ElementsAre(HasSubstr("the model is a GGUF file")));
}

TEST_F(LlamaCppLaunchTest, SaysHowTheFileIsMadeThatWasPlanned) {
  request.quantization = "q4_k_m";

  const Launch launch = LaunchOn({Preset("rtx-4090")}, Stored("qwen3-8b"));

  EXPECT_THAT(launch.llama_server, HasSubstr(" -m MODEL-Q4_K_M.gguf "));
  EXPECT_THAT(launch.notes,
              ElementsAre(EndsWith("llama-quantize --allow-requantize /m.gguf "
                                   "MODEL-Q4_K_M.gguf Q4_K_M"),
                          HasSubstr("GGUF file")));
}

TEST_F(LlamaCppLaunchTest, RunsAFileThatHasThePlannedTypeAlready) {
  request.quantization = "bf16";

  EXPECT_THAT(LaunchOn({}, Stored("qwen3-8b")).llama_server,
              HasSubstr(" -m /m.gguf "));
}

TEST_F(LlamaCppLaunchTest, UsesNoGpuWhereNoneWasPlanned) {
  EXPECT_THAT(LaunchOn({}, Named("qwen3-8b")).llama_server,
              HasSubstr("-m MODEL.gguf -c 8192 -np 1 -ub 512 -fa auto "
                        "--kv-unified -dev none "));
}

TEST_F(LlamaCppLaunchTest, IsTheSameInVllmWithUnquantizedWeightsOnItsGpus) {
  EXPECT_EQ(LaunchOn({Preset("rtx-4090")}, Named("qwen3-8b")).vllm,
            "vllm serve Qwen/Qwen3-8B --max-model-len 8192 --max-num-seqs 1 "
            "--gpu-memory-utilization 0.9");
  request.options.micro_batch_size = 1024;
  EXPECT_THAT(
      LaunchOn({Preset("rtx-3060"), Preset("rtx-3060")}, Named("llama-3.1-8b"))
          .vllm,
      EndsWith(" --tensor-parallel-size 2 --max-num-batched-tokens 1024"));
}

TEST_F(LlamaCppLaunchTest, IsTheSameInVllmInTheTypeThatIsPublished) {
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, Named("gpt-oss-20b")).vllm,
              HasSubstr("vllm serve openai/gpt-oss-20b "));
}

TEST_F(LlamaCppLaunchTest, SaysWhyVllmWouldNotDoTheSame) {
  const Device gpu = Preset("rtx-4090");
  const KnownModel model = Named("qwen3-8b");
  const auto why = [&](std::vector<Device> devices, const KnownModel& known) {
    const Launch launch = LaunchOn(std::move(devices), known);
    EXPECT_EQ(launch.vllm, "");
    EXPECT_EQ(launch.notes.size(), 1);
    return launch.notes.empty() ? "" : launch.notes.back();
  };

  EXPECT_THAT(why({}, model), HasSubstr("must have a GPU"));
  EXPECT_THAT(why({Preset("apple-m1-8gb")}, model), HasSubstr("Apple's"));
  EXPECT_THAT(why({gpu, Preset("rtx-3060")}, model), HasSubstr("alike"));
  EXPECT_THAT(why({gpu, gpu, gpu}, model),
              HasSubstr("must divide the 32 attention heads; got 3"));
  EXPECT_THAT(why({gpu}, Named("deepseek-v3")),
              HasSubstr("as they are published, in fp8-block; for bf16"));
  additions.adapters = {{.file = "/a.gguf"}};
  EXPECT_THAT(why({gpu}, model), HasSubstr("loaded beside the model"));
  additions = {};
  request.options.kv_cache_type_k = "q8_0";
  EXPECT_THAT(why({gpu}, model), HasSubstr("kv_cache_type_k must be f16"));
  request.options = {.sequence_length = 8192, .gpu_layers = 3};
  EXPECT_THAT(why({gpu}, model), HasSubstr("gpu_layers is no option of vLLM"));
  request.options = {.sequence_length = 40961};
  EXPECT_THAT(why({gpu}, model), HasSubstr("40961 tokens, beyond the model's "
                                           "maximum of 40960"));
  request.options = {.sequence_length = 8192};
  request.quantization = "Q4_K_M";
  EXPECT_THAT(why({gpu}, model), HasSubstr("it has no weights in Q4_K_M"));
}

class VllmLaunchTest : public LaunchTest {
 protected:
  VllmLaunchTest() { request.runtime = RuntimeOptions{}; }
};

TEST_F(VllmLaunchTest, HasEveryOptionThatWasPlanned) {
  request.runtime =
      RuntimeOptions{.memory_utilization = 0.8, .batch_tokens_max = 1024};
  request.options.slot_count = 4;
  request.options.kv_cache_type_k = "fp8";
  request.options.kv_cache_type_v = "fp8";
  request.quantization = "fp8";
  const Device gpu = Preset("rtx-4090");

  const Launch launch = LaunchOn({gpu, gpu}, Named("qwen3-8b"));

  EXPECT_EQ(launch.llama_server, "");
  EXPECT_EQ(launch.vllm,
            "vllm serve Qwen/Qwen3-8B --max-model-len 8192 --max-num-seqs 4 "
            "--gpu-memory-utilization 0.8 --quantization fp8 "
            "--tensor-parallel-size 2 --kv-cache-dtype fp8 "
            "--max-num-batched-tokens 1024");
  EXPECT_THAT(launch.notes, IsEmpty());
}

TEST_F(VllmLaunchTest, QuantizesWhileLoadingWhatCanBe) {
  const auto with = [&](std::string_view quantization) {
    request.quantization = quantization;
    return LaunchOn({Preset("rtx-4090")}, Named("qwen3-8b"));
  };

  EXPECT_THAT(with("bnb-nf4").vllm, EndsWith(" --quantization bitsandbytes"));
  EXPECT_THAT(with("fp32").vllm, EndsWith(" --dtype float32"));
  EXPECT_THAT(with("bf16").vllm, EndsWith(" 0.9"));
  for (const auto* name : {"awq", "gptq", "fp8-block", "bnb-int8", "nvfp4"}) {
    const Launch launch = with(name);
    EXPECT_EQ(launch.vllm, "");
    EXPECT_THAT(launch.notes, ElementsAre(AllOf(HasSubstr("in bf16; for "),
                                                HasSubstr(name))));
  }
}

TEST_F(VllmLaunchTest, ServesWhatIsPublishedAsItIs) {
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, Named("gpt-oss-20b")).vllm,
              AllOf(HasSubstr("openai/gpt-oss-20b"), EndsWith(" 0.9")));
}

TEST_F(VllmLaunchTest, ServesFoldersAndWhatIsCached) {
  KnownModel model = Named("qwen3-8b");
  model.source = ModelSource::kFolder;
  model.path = "/my models/qwen";
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, model).vllm,
              HasSubstr("vllm serve '/my models/qwen' "));

  model.source = ModelSource::kHuggingFace;
  model.model_id = "me/qwen";
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, model).vllm,
              HasSubstr("vllm serve me/qwen "));
}

TEST_F(VllmLaunchTest, HasNothingToServeOfAConfigOrAFile) {
  KnownModel model = Named("qwen3-8b");
  model.source = ModelSource::kConfig;
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, model).notes,
              ElementsAre(HasSubstr("names no repository")));
  EXPECT_THAT(LaunchOn({Preset("rtx-4090")}, Stored("qwen3-8b")).notes,
              ElementsAre(HasSubstr("GGUF file")));
}

}  // namespace
}  // namespace hwledger
