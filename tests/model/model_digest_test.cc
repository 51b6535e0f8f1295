#include "core/model/model_digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

// Computed apart from this code: it must not change from version to version.
TEST(ModelDigestTest, IsFnv1aOfAllThatAHeaderSays) {
  EXPECT_EQ(ModelDigest({}), "cbf29ce484222325");

  GgufHeader header = {.metadata = {{"a", int64_t{7}}},
                       .tensors = {TensorOf("t", "F32", {2})}};
  EXPECT_EQ(ModelDigest(header), "0062eab8d118b7d4");
}

TEST(ModelDigestTest, TellsModelsApartByMetadataAndTensors) {
  const std::string digest = ModelDigest(TinyLlama());

  GgufHeader named = TinyLlama();
  named.metadata["general.name"] = std::string("another");
  GgufHeader wider = TinyLlama();
  ++wider.tensors.front().dimensions.front();
  GgufHeader moved = TinyLlama();
  moved.tensors.back().offset += 32;

  EXPECT_NE(ModelDigest(named), digest);
  EXPECT_NE(ModelDigest(wider), digest);
  EXPECT_NE(ModelDigest(moved), digest);
  EXPECT_EQ(ModelDigest(TinyLlama()), digest);
}

TEST(ModelDigestTest, DoesNotTakeTheSameTextInOtherPlacesForTheSame) {
  EXPECT_NE(ModelDigest({.metadata = {{"ab", std::string("c")}}}),
            ModelDigest({.metadata = {{"a", std::string("bc")}}}));
}

}  // namespace
}  // namespace hwledger
