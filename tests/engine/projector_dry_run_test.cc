#include "core/engine/projector_dry_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kPatch = 14;
constexpr int64_t kElements = 64;
constexpr int64_t kHidden = 128;
constexpr int64_t kProjected = 96;

// The bits of floats.
const std::vector<int64_t> kZeros = {0, 0, 0};
const std::vector<int64_t> kOnes = {0x3F800000, 0x3F800000, 0x3F800000};

// A vision transformer of two layers and two matrices that project what it
// gives, as LLaVA has them, for square images of so many pixels a side.
GgufHeader TinyVision(int64_t image_size) {
  GgufHeader header;
  header.metadata = {
      {"general.architecture", std::string("clip")},
      {"clip.has_vision_encoder", true},
      {"clip.projector_type", std::string("mlp")},
      {"clip.use_gelu", true},
      {"clip.vision.image_size", image_size},
      {"clip.vision.patch_size", kPatch},
      {"clip.vision.embedding_length", kElements},
      {"clip.vision.feed_forward_length", kHidden},
      {"clip.vision.block_count", int64_t{2}},
      {"clip.vision.projection_dim", kProjected},
      {"clip.vision.attention.head_count", int64_t{4}},
      {"clip.vision.attention.layer_norm_epsilon", 1e-5},
      {"clip.vision.image_mean", GgufArray{.length = 3, .integers = kZeros}},
      {"clip.vision.image_std", GgufArray{.length = 3, .integers = kOnes}}};
  const auto add = [&header](const std::string& name,
                             std::vector<int64_t> dimensions) {
    const char* type = dimensions.size() > 1 ? "F16" : "F32";
    header.tensors.push_back(TensorOf(name, type, std::move(dimensions)));
  };
  const int64_t patches = image_size / kPatch * (image_size / kPatch);
  add("v.class_embd", {kElements});
  add("v.patch_embd.weight", {kPatch, kPatch, 3, kElements});
  add("v.position_embd.weight", {kElements, patches + 1});
  for (int layer = 0; layer < 2; ++layer) {
    const auto name = [layer](const char* part) {
      return absl::StrCat("v.blk.", layer, ".", part);
    };
    for (const char* part : {"attn_q.", "attn_k.", "attn_v.", "attn_out."}) {
      add(name(part) + "weight", {kElements, kElements});
      add(name(part) + "bias", {kElements});
    }
    for (const char* part : {"ln1.", "ln2."}) {
      add(name(part) + "weight", {kElements});
      add(name(part) + "bias", {kElements});
    }
    add(name("ffn_up.weight"), {kElements, kHidden});
    add(name("ffn_up.bias"), {kHidden});
    add(name("ffn_down.weight"), {kHidden, kElements});
    add(name("ffn_down.bias"), {kElements});
  }
  add("mm.0.weight", {kElements, kProjected});
  add("mm.0.bias", {kProjected});
  add("mm.2.weight", {kProjected, kProjected});
  add("mm.2.bias", {kProjected});
  return header;
}

// The writer knows no arrays but of integers, of GGUF's type 5 behind the key
// and the type of an array; those of floats have type 6.
void MakeFloats(const std::string& key, const std::string& path) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string front(size_t{1} << 12, '\0');
  file.read(front.data(), std::ssize(front));
  file.clear();
  const size_t found = front.find(key);
  ASSERT_NE(found, std::string::npos);
  file.seekp(static_cast<std::streamoff>(found + key.size() + 4));
  file.put(6);
}

Bytes WeightsOf(const GgufHeader& header) {
  Bytes weights;
  for (const GgufTensor& tensor : header.tensors) weights += tensor.size();
  return weights;
}

class ProjectorDryRunTest : public testing::Test {
 protected:
  // What is no weight.
  Bytes Scratch(int64_t image_size) {
    const GgufHeader header = TinyVision(image_size);
    WriteGguf(header, path_);
    MakeFloats("clip.vision.image_mean", path_);
    MakeFloats("clip.vision.image_std", path_);
    const auto uses = ProjectorDryRun(path_, FlashAttention::kAuto);
    EXPECT_THAT(uses, IsOk());
    if (!uses.ok() || uses->size() != 1) return Bytes();
    EXPECT_TRUE(uses->front().is_host);
    EXPECT_GT(uses->front().total, WeightsOf(header));
    return uses->front().total - WeightsOf(header);
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "mmproj.gguf";
};

// Each patch of an image takes more than its hidden result, in F32.
TEST_F(ProjectorDryRunTest, TellsWhatAnImageTakesBesideTheWeights) {
  const Bytes small = Scratch(8 * kPatch);
  const Bytes large = Scratch(32 * kPatch);

  EXPECT_GT(small, 8 * 8 * Bytes(kHidden * 4));
  EXPECT_GT(large, 32 * 32 * Bytes(kHidden * 4));
}

TEST_F(ProjectorDryRunTest, RefusesWhatIsNoProjector) {
  WriteGguf(TinyLlama(), path_);

  EXPECT_THAT(ProjectorDryRun(path_, FlashAttention::kAuto),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path_)));
}

}  // namespace
}  // namespace hwledger
