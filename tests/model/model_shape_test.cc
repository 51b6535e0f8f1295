#include "core/model/model_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "core/model/catalogue.h"
#include "tests/gguf_file.h"
#include "tests/model/shapes.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;

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

TEST(ShapeOfTest, RefusesHeadsThatDoNotDivide) {
  GgufHeader header = HeaderOf("llama");
  header.metadata["llama.attention.head_count"] = int64_t{32};
  header.metadata["llama.attention.head_count_kv"] = int64_t{7};

  EXPECT_THAT(ShapeOf(header),
              StatusIs(absl::StatusCode::kDataLoss,
                       HasSubstr("got 32 and 7, key "
                                 "llama.attention.head_count_kv")));
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
