#include "core/model/layer_matrices.h"

#include <gtest/gtest.h>

#include "core/model/catalogue.h"
#include "core/model/hf_header.h"
#include "core/model/model_shape.h"

namespace hwledger {
namespace {

Layer FirstLayerOf(std::string_view model) {
  return ShapeOf(HeaderOf(**FindInCatalogue(model)))->layers.front();
}

TEST(LayerMatricesTest, AreThoseOfADenseLayer) {
  const LayerMatrices matrices = FirstLayerOf("llama-3.1-8b").matrices;

  EXPECT_EQ(matrices.query, MiB(32));
  EXPECT_EQ(matrices.key, MiB(8));
  EXPECT_EQ(matrices.value, MiB(8));
  EXPECT_EQ(matrices.output, MiB(32));
  EXPECT_EQ(matrices.gate, MiB(112));
  EXPECT_EQ(matrices.up, MiB(112));
  EXPECT_EQ(matrices.down, MiB(112));
  EXPECT_EQ(matrices.expert_gate, Bytes());
  EXPECT_EQ(LargestMatrix(matrices), MiB(112));
}

TEST(LayerMatricesTest, AreThoseOfAllExperts) {
  const LayerMatrices matrices = FirstLayerOf("qwen3-30b-a3b").matrices;

  EXPECT_EQ(matrices.expert_gate, MiB(384));
  EXPECT_EQ(matrices.expert_up, MiB(384));
  EXPECT_EQ(matrices.expert_down, MiB(384));
  EXPECT_EQ(matrices.gate, Bytes());
}

TEST(LayerMatricesTest, KnowTheLargestOfAllOthers) {
  LayerMatrices matrices;

  AddMatrix("ssm_in.weight", MiB(3), matrices);
  AddMatrix("ssm_out.weight", MiB(2), matrices);
  AddMatrix("ffn_up.weight", MiB(1), matrices);

  EXPECT_EQ(matrices.largest_other, MiB(3));
  EXPECT_EQ(LargestMatrix(matrices), MiB(3));
}

}  // namespace
}  // namespace hwledger
