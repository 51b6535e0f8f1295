#include "core/model/model_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/model/catalogue.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

// A header without layers' tensors: what the rules need besides keys.
GgufHeader HeaderOf(const std::string& architecture) {
  GgufHeader header;
  header.metadata["general.architecture"] = architecture;
  header.metadata[architecture + ".block_count"] = int64_t{6};
  header.metadata[architecture + ".context_length"] = int64_t{4096};
  header.metadata[architecture + ".embedding_length"] = int64_t{256};
  header.metadata[architecture + ".attention.head_count"] = int64_t{8};
  header.metadata[architecture + ".attention.head_count_kv"] = int64_t{2};
  header.tensors = {TensorOf("token_embd.weight", "F16", {256, 1000}),
                    TensorOf("output.weight", "F16", {256, 1000})};
  return header;
}

ModelShape Shape(const GgufHeader& header) {
  absl::StatusOr<ModelShape> shape = ShapeOf(header);
  EXPECT_THAT(shape, IsOk());
  return shape.ok() ? *std::move(shape) : ModelShape{};
}

std::vector<LayerKind> Kinds(const ModelShape& shape) {
  std::vector<LayerKind> kinds;
  for (const Layer& layer : shape.layers) kinds.push_back(layer.kind);
  return kinds;
}

constexpr LayerKind kFull = LayerKind::kFullAttention;
constexpr LayerKind kWindow = LayerKind::kSlidingWindow;

TEST(ShapeOfTest, ReadsASmallLlama) {
  const ModelShape shape = Shape(TinyLlama());

  EXPECT_EQ(shape.architecture, "llama");
  EXPECT_EQ(shape.layers.size(), 2U);
  EXPECT_EQ(shape.vocabulary_size, 8);
  EXPECT_EQ(shape.embedding_elements, 64);
}

TEST(ShapeOfTest, EveryTensorIsCountedOnce) {
  const GgufHeader header = TinyLlama();
  Bytes tensors;
  int64_t elements = 0;
  for (const GgufTensor& tensor : header.tensors) {
    tensors += tensor.size();
    elements += tensor.element_count();
  }

  const ModelShape shape = Shape(header);

  Bytes sum = shape.input_weights + shape.output_weights + shape.shared_weights;
  for (const Layer& layer : shape.layers) sum += layer.weights;
  EXPECT_EQ(sum, tensors);
  EXPECT_EQ(shape.parameter_count, elements);
}

// What is left are norms, biases and tables.
TEST(ShapeOfTest, NearlyAllActiveParametersAreThoseOfMatrices) {
  for (const CatalogueEntry& entry : Catalogue()) {
    SCOPED_TRACE(entry.name);
    const absl::StatusOr<ModelShape> shape = ShapeOf(HeaderOf(entry));
    if (absl::IsUnimplemented(shape.status())) continue;
    ASSERT_THAT(shape, IsOk());
    // Embeddings of each layer's own are looked up, too.
    if (shape->layers.front().widths.layer_inputs > 0) continue;
    const int64_t embedding = shape->embedding_elements *
                              shape->vocabulary_size *
                              (shape->tied_embedding ? 1 : 2);
    int64_t matrices = embedding;
    for (const Layer& layer : shape->layers) matrices += layer.active_elements;

    EXPECT_LT(matrices, shape->active_parameter_count);
    EXPECT_GT(static_cast<double>(matrices),
              0.99 * static_cast<double>(shape->active_parameter_count));
  }
}

TEST(ShapeOfTest, TellsWhichMatricesAreQuantized) {
  GgufHeader header = TinyLlama();
  const Layer before = Shape(header).layers[0];
  for (GgufTensor& tensor : header.tensors) {
    if (tensor.name == "blk.0.ffn_down.weight" ||
        tensor.name == "output.weight") {
      tensor = TensorOf(tensor.name, "Q8_0", tensor.dimensions);
    }
  }
  const ModelShape shape = Shape(header);

  EXPECT_EQ(before.quantized_elements, 0);
  EXPECT_EQ(shape.layers[0].active_elements, before.active_elements);
  EXPECT_EQ(shape.layers[0].quantized_elements, 128 * 64);
  EXPECT_EQ(shape.layers[1].quantized_elements, 0);
  EXPECT_TRUE(shape.quantized_output);
}

TEST(ShapeOfTest, CountsTheExpertsOfALayerAndThoseThatAreUsed) {
  const ModelShape dense = Shape(HeaderOf(**FindInCatalogue("llama-3.1-8b")));
  const ModelShape sparse = Shape(HeaderOf(**FindInCatalogue("gpt-oss-20b")));

  EXPECT_THAT(dense.layers, Each(Field(&Layer::expert_count, 0)));
  EXPECT_THAT(sparse.layers, Each(Field(&Layer::expert_count, 32)));
  EXPECT_EQ(sparse.layers[0].widths.experts_used, 4);
}

TEST(ShapeOfTest, DividesTheEmbeddingAmongTheHeads) {
  EXPECT_THAT(Shape(HeaderOf("llama")).layers,
              Each(testing::AllOf(Field(&Layer::key_elements, 2 * 256 / 8),
                                  Field(&Layer::value_elements, 2 * 256 / 8))));
}

TEST(ShapeOfTest, PrefersTheLengthOfAHeadThatTheFileNames) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.key_length"] = int64_t{128};
  header.metadata["llama.attention.value_length"] = int64_t{64};

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::key_elements, 256),
                                  Field(&Layer::value_elements, 128))));
}

TEST(ShapeOfTest, CachesAllHeadsWhereTheyAreNotGrouped) {
  GgufHeader header = HeaderOf("llama");
  header.metadata.erase("llama.attention.head_count_kv");

  EXPECT_THAT(Shape(header).layers, Each(Field(&Layer::key_elements, 256)));
}

TEST(ShapeOfTest, GivesEachLayerItsOwnHeads) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {1, 2, 4, 8, 1, 2}};

  EXPECT_EQ(Shape(header).layers[3].key_elements, 8 * 32);
}

TEST(ShapeOfTest, EverySixthLayerOfGemma3LooksAllTheWayBack) {
  GgufHeader header = HeaderOf("gemma3");
  header.metadata["gemma3.attention.sliding_window"] = int64_t{1024};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kWindow, kWindow, kWindow, kWindow, kWindow, kFull));
}

TEST(ShapeOfTest, FollowsTheWindowsThatTheFileNames) {
  GgufHeader header = HeaderOf("gemma3");
  header.metadata["gemma3.attention.sliding_window"] = int64_t{1024};
  header.metadata["gemma3.attention.sliding_window_pattern"] =
      GgufArray{.length = 6, .integers = {1, 0, 0, 0, 0, 1}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kWindow, kFull, kFull, kFull, kFull, kWindow));
}

TEST(ShapeOfTest, NarrowsTheHeadsOfLayersWithAWindow) {
  GgufHeader header = HeaderOf("gemma4");
  header.metadata["gemma4.attention.sliding_window"] = int64_t{512};
  header.metadata["gemma4.attention.key_length"] = int64_t{64};
  header.metadata["gemma4.attention.value_length"] = int64_t{64};
  header.metadata["gemma4.attention.key_length_swa"] = int64_t{32};
  header.metadata["gemma4.attention.value_length_swa"] = int64_t{16};
  const std::vector<Layer> layers = Shape(header).layers;

  EXPECT_EQ(layers[4].key_elements, 2 * 32);
  EXPECT_EQ(layers[4].value_elements, 2 * 16);
  EXPECT_EQ(layers[4].widths.query, 8 * 32);
  EXPECT_EQ(layers[5].key_elements, 2 * 64);
  EXPECT_EQ(layers[5].widths.query, 8 * 64);
}

TEST(ShapeOfTest, CachesNothingForLayersThatUseTheCachesOfOthers) {
  GgufHeader header = HeaderOf("gemma4");
  header.metadata["gemma4.attention.sliding_window"] = int64_t{512};
  header.metadata["gemma4.attention.shared_kv_layers"] = int64_t{2};
  const ModelShape shape = Shape(header);

  EXPECT_THAT(Kinds(shape),
              ElementsAre(kWindow, kWindow, kWindow, kWindow,
                          LayerKind::kNoCache, LayerKind::kNoCache));
  EXPECT_EQ(shape.layers[5].key_elements, 0);
  EXPECT_EQ(shape.layers[5].value_elements, 0);
}

TEST(ShapeOfTest, EveryFourthLayerOfLlama4LooksBeyondItsChunk) {
  const ModelShape shape = Shape(HeaderOf("llama4"));

  constexpr LayerKind kChunk = LayerKind::kChunkedAttention;
  EXPECT_THAT(Kinds(shape),
              ElementsAre(kChunk, kChunk, kChunk, kFull, kChunk, kChunk));
  EXPECT_EQ(shape.layers[0].window_tokens, 8192);
}

TEST(ShapeOfTest, CountsALayerThatPredictsFurtherTokensAndLoadsNone) {
  GgufHeader header = HeaderOf("glm4moe");
  header.metadata["glm4moe.nextn_predict_layers"] = int64_t{1};
  const int64_t before = Shape(header).parameter_count;
  header.tensors.push_back(TensorOf("blk.5.attn_q.weight", "F16", {256, 256}));

  const ModelShape shape = Shape(header);

  EXPECT_EQ(shape.parameter_count, before + 256 * 256);
  EXPECT_EQ(shape.layers[5].weights, Bytes());
  EXPECT_EQ(shape.layers[5].key_elements, 0);
  EXPECT_EQ(shape.layers[4].key_elements, 2 * 256 / 8);
}

TEST(ShapeOfTest, TransposesValuesAsLongAsTheLongest) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {1, 2, 4, 8, 1, 2}};

  EXPECT_THAT(Shape(header).layers,
              Each(Field(&Layer::transposed_value_elements, 8 * 32)));
}

TEST(ShapeOfTest, IgnoresAWindowThatTheEngineIgnores) {
  GgufHeader header = HeaderOf("phi3");
  header.metadata["phi3.attention.sliding_window"] = int64_t{2047};

  EXPECT_THAT(Kinds(Shape(header)), Each(kFull));
}

TEST(ShapeOfTest, CachesOneLatentRowForDeepSeek) {
  GgufHeader header = HeaderOf("deepseek2");
  header.metadata["deepseek2.attention.head_count_kv"] = int64_t{1};
  header.metadata["deepseek2.attention.key_length"] = int64_t{576};
  header.metadata["deepseek2.attention.value_length"] = int64_t{512};
  header.metadata["deepseek2.attention.key_length_mla"] = int64_t{192};
  header.metadata["deepseek2.attention.value_length_mla"] = int64_t{128};
  header.metadata["deepseek2.rope.dimension_count"] = int64_t{64};

  EXPECT_THAT(
      Shape(header).layers,
      Each(testing::AllOf(Field(&Layer::kind, LayerKind::kLatentAttention),
                          Field(&Layer::key_elements, 576),
                          Field(&Layer::value_elements, 0))));
}

TEST(ShapeOfTest, CachesPerHeadForADeepSeekConvertedBeforeLatentCaches) {
  EXPECT_THAT(Kinds(Shape(HeaderOf("deepseek2"))), Each(kFull));
}

TEST(ShapeOfTest, RemembersConvolutionAndStatesOfMamba2) {
  GgufHeader header = HeaderOf("mamba2");
  header.metadata["mamba2.ssm.conv_kernel"] = int64_t{4};
  header.metadata["mamba2.ssm.inner_size"] = int64_t{512};
  header.metadata["mamba2.ssm.state_size"] = int64_t{128};
  header.metadata["mamba2.ssm.group_count"] = int64_t{1};
  header.metadata["mamba2.ssm.time_step_rank"] = int64_t{8};

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::kind, LayerKind::kRecurrent),
                                  Field(&Layer::key_elements, 0),
                                  Field(&Layer::state_elements,
                                        3 * (512 + 2 * 128) + 512 * 128))));
}

// The keys of a scan: 512 elements wide, 128 states for each, 3 tokens back.
void SetScanKeys(const std::string& architecture, GgufHeader& header) {
  const auto set = [&](std::string_view key, int64_t value) {
    header.metadata[architecture + ".ssm." + std::string(key)] = value;
  };
  set("conv_kernel", 4);
  set("inner_size", 512);
  set("state_size", 128);
  set("group_count", 1);
  set("time_step_rank", 8);
}
constexpr int64_t kScanState = 3 * (512 + 2 * 128) + 512 * 128;
constexpr LayerKind kState = LayerKind::kRecurrent;

TEST(ShapeOfTest, PutsAttentionBesideTheStatesOfFalconH1) {
  GgufHeader header = HeaderOf("falcon-h1");
  SetScanKeys("falcon-h1", header);

  EXPECT_THAT(Shape(header).layers,
              Each(testing::AllOf(Field(&Layer::kind, LayerKind::kHybrid),
                                  Field(&Layer::key_elements, 2 * 32),
                                  Field(&Layer::state_elements, kScanState))));
}

TEST(ShapeOfTest, GivesEveryThirdLayerOfADeltaNetAttentionIfTheFileSaysSo) {
  GgufHeader header = HeaderOf("qwen35");
  SetScanKeys("qwen35", header);
  header.metadata["qwen35.full_attention_interval"] = int64_t{3};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, kState, kFull, kState, kState, kFull));
  EXPECT_EQ(Shape(header).layers[0].key_elements, 0);
}

TEST(ShapeOfTest, LeavesTheFeedForwardLayersOfNemotronHWithoutMemory) {
  GgufHeader header = HeaderOf("nemotron_h");
  SetScanKeys("nemotron_h", header);
  header.metadata["nemotron_h.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 0, 2, 0, 0, 0}};
  header.metadata["nemotron_h.feed_forward_length"] =
      GgufArray{.length = 6, .integers = {0, 64, 0, 64, 0, 64}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, LayerKind::kNoCache, kFull,
                          LayerKind::kNoCache, kState, LayerKind::kNoCache));
}

TEST(ShapeOfTest, RemembersTwoTokensAndAMatrixPerHeadOfAnRwkv) {
  GgufHeader header = HeaderOf("rwkv7");
  header.metadata["rwkv7.wkv.head_size"] = int64_t{64};

  EXPECT_THAT(Shape(header).layers,
              Each(Field(&Layer::state_elements, 2 * 256 + 256 * 64)));
}

TEST(ShapeOfTest, RemembersNothingButTheConvolutionOfAnLfm2) {
  GgufHeader header = HeaderOf("lfm2");
  header.metadata["lfm2.shortconv.l_cache"] = int64_t{3};
  header.metadata["lfm2.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 2, 0, 2, 0, 2}};

  EXPECT_THAT(Kinds(Shape(header)),
              ElementsAre(kState, kFull, kState, kFull, kState, kFull));
  EXPECT_EQ(Shape(header).layers[0].state_elements, 2 * 256);
}

TEST(ShapeOfTest, RemembersThreeConvolutionsAndAMatrixPerHeadOfKimiLinear) {
  GgufHeader header = HeaderOf("kimi-linear");
  header.metadata["kimi-linear.ssm.conv_kernel"] = int64_t{4};
  header.metadata["kimi-linear.kda.head_dim"] = int64_t{64};
  header.metadata["kimi-linear.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {0, 0, 0, 1, 0, 0}};
  header.metadata["kimi-linear.attention.key_length"] = int64_t{576};
  header.metadata["kimi-linear.attention.value_length"] = int64_t{512};
  header.metadata["kimi-linear.attention.key_length_mla"] = int64_t{192};
  header.metadata["kimi-linear.attention.value_length_mla"] = int64_t{128};
  header.metadata["kimi-linear.rope.dimension_count"] = int64_t{64};

  const ModelShape shape = Shape(header);

  EXPECT_THAT(Kinds(shape),
              ElementsAre(kState, kState, kState, LayerKind::kLatentAttention,
                          kState, kState));
  // 8 heads of 64.
  EXPECT_EQ(shape.layers[0].state_elements, 3 * 3 * 512 + 512 * 64);
  EXPECT_EQ(shape.layers[3].key_elements, 576);
}

TEST(ShapeOfTest, ReadsOnlyTheExpertsThatAreUsed) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.expert_used_count"] = int64_t{2};
  header.tensors.push_back(
      TensorOf("blk.1.ffn_down_exps.weight", "F16", {512, 256, 8}));
  const Bytes expert = Bytes(512 * 256 * 2);

  const ModelShape shape = Shape(header);

  EXPECT_EQ(shape.layers[1].weights, 8 * expert);
  EXPECT_EQ(shape.layers[1].active_weights, 2 * expert);
  EXPECT_EQ(shape.layers[1].expert_weights, 8 * expert);
  EXPECT_EQ(shape.layers[1].active_expert_weights, 2 * expert);
  EXPECT_EQ(shape.parameter_count - shape.active_parameter_count,
            6 * 512 * 256);
}

TEST(ShapeOfTest, IsTiedWithoutAnOutputOfItsOwn) {
  GgufHeader header = HeaderOf("llama");
  EXPECT_FALSE(Shape(header).tied_embedding);
  header.tensors.pop_back();

  EXPECT_TRUE(Shape(header).tied_embedding);
}

TEST(ShapeOfTest, KnowsWhichEmbeddingsAreThereTwice) {
  GgufHeader header = HeaderOf("llama");
  EXPECT_FALSE(Shape(header).doubled_embedding);
  EXPECT_TRUE(Shape(HeaderOf("gemma4")).doubled_embedding);
  header.tensors[0] = TensorOf("token_embd.weight", "Q4_0", {256, 1000});

  EXPECT_TRUE(Shape(header).doubled_embedding);
}

TEST(ShapeOfTest, TransposesValuesAsWideAsTheWidest) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 6, .integers = {1, 2, 4, 8, 1, 0}};
  const std::vector<Layer> layers = Shape(header).layers;

  EXPECT_EQ(layers[0].value_elements, 32);
  EXPECT_EQ(layers[0].transposed_value_elements, 8 * 32);
  // Even where nothing else is cached.
  EXPECT_EQ(layers[5].key_elements, 0);
  EXPECT_EQ(layers[5].transposed_value_elements, 8 * 32);
}

TEST(ShapeOfTest, SeesWhetherTheFeedForwardPartRunsBesideAttention) {
  GgufHeader header = HeaderOf("command-r");
  header.tensors.push_back(TensorOf("blk.0.attn_norm.weight", "F32", {256}));
  header.tensors.push_back(
      TensorOf("blk.0.attn_output.weight", "F16", {256, 256}));
  header.tensors.push_back(
      TensorOf("blk.0.ffn_down.weight", "F16", {512, 256}));
  EXPECT_TRUE(Shape(header).layers[0].widths.is_parallel);
  header.tensors.push_back(TensorOf("blk.0.ffn_norm.weight", "F32", {256}));

  EXPECT_FALSE(Shape(header).layers[0].widths.is_parallel);
}

TEST(ShapeOfTest, NamesTheQuantizationOrElseTheCommonestType) {
  GgufHeader header = HeaderOf("llama");
  EXPECT_EQ(Shape(header).quantization, "F16");
  header.metadata["general.file_type"] = int64_t{15};

  EXPECT_EQ(Shape(header).quantization, "Q4_K_M");
}

TEST(ShapeOfTest, NeverGuessesAnUnknownArchitecture) {
  EXPECT_THAT(ShapeOf(HeaderOf("novel")),
              StatusIs(absl::StatusCode::kUnimplemented, HasSubstr("novel")));
}

TEST(ShapeOfTest, NamesTheKeyThatIsMissing) {
  for (const char* key :
       {"block_count", "embedding_length", "attention.head_count"}) {
    GgufHeader header = HeaderOf("llama");
    header.metadata.erase(std::string("llama.") + key);

    EXPECT_THAT(ShapeOf(header),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(key)));
  }
}

TEST(ShapeOfTest, RefusesAbsurdValues) {
  constexpr int64_t huge = std::numeric_limits<int64_t>::max();
  for (const char* key : {"block_count", "embedding_length",
                          "attention.head_count", "attention.head_count_kv",
                          "attention.key_length", "expert_used_count"}) {
    for (const int64_t value : {huge, int64_t{-1}}) {
      GgufHeader header = HeaderOf("llama");
      header.metadata[std::string("llama.") + key] = value;

      EXPECT_THAT(ShapeOf(header),
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr(key)));
    }
  }
}

TEST(ShapeOfTest, RefusesAnArrayThatIsTooShort) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count_kv"] =
      GgufArray{.length = 2, .integers = {1, 1}};

  EXPECT_THAT(ShapeOf(header),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("6 layers")));
}

TEST(ShapeOfTest, RefusesTensorsOfLayersThatDoNotExist) {
  for (const char* name : {"blk.6.attn_q.weight", "blk.-1.attn_q.weight",
                           "blk.x.attn_q.weight", "blk.7"}) {
    GgufHeader header = HeaderOf("llama");
    header.tensors.push_back(TensorOf(name, "F16", {256, 256}));

    EXPECT_THAT(ShapeOf(header),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(name)));
  }
}

}  // namespace
}  // namespace hwledger
