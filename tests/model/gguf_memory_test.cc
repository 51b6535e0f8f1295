#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/model/gguf.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"
#include "tests/gguf_file.h"
#include "tests/model/input_memory.h"
#include "tests/peak_memory.h"
#include "tests/safetensors_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;

// As the daemon reads a file, with all that follows from its header.
absl::Status ReadModel(const std::string& path) {
  const absl::StatusOr<GgufHeader> header = ReadGguf(path);
  if (!header.ok()) return header.status();
  ShapeOf(*header).IgnoreError();  // It may be no model of known make.
  Quantize(*header, "Q4_K_M").IgnoreError();
  return absl::OkStatus();
}

class GgufMemoryTest : public testing::Test {
 protected:
  // The status of reading `header`, which takes no more than it may.
  absl::Status Read(const GgufHeader& header) {
    WriteGguf(header, path_);
    return ReadIt();
  }
  absl::Status Read(std::string_view bytes) {
    WriteText(bytes, path_);
    return ReadIt();
  }

 private:
  absl::Status ReadIt() {
    return WithinBound([this] { return ReadModel(path_); });
  }

  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "model.gguf";
};

TEST_F(GgufMemoryTest, IsSmallForTheMostTensors) {
  GgufHeader header = TinyLlama();
  for (int64_t i = std::ssize(header.tensors); i < 65536; ++i) {
    header.tensors.push_back(
        TensorOf(absl::StrFormat("blk.1.%057d", i), "F32", {1, 1, 1, 1}));
  }

  EXPECT_THAT(Read(header), IsOk());
}

TEST_F(GgufMemoryTest, IsSmallForLongTexts) {
  GgufHeader header;
  for (int i = 0; i < 60; ++i) {
    header.metadata[absl::StrCat("k", i)] = std::string(1 << 20, 'x');
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForLongKeys) {
  GgufHeader header;
  for (int i = 0; i < 1000; ++i) {
    header.metadata[absl::StrFormat("%065535d", i)] = true;
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForManyLists) {
  GgufHeader header;
  for (int i = 0; i < 4096; ++i) {
    header.metadata[absl::StrCat("k", i)] =
        GgufArray{.length = 1024, .integers = std::vector<int64_t>(1024, 1)};
  }

  EXPECT_THAT(Read(header),
              StatusIs(kLoss, HasSubstr("take more than any model's: offset")));
}

TEST_F(GgufMemoryTest, IsSmallForALongVocabulary) {
  GgufHeader header = TinyLlama();
  header.metadata["tokenizer.ggml.tokens"] = GgufArray{.length = 7 << 20};

  EXPECT_THAT(Read(header), IsOk());
}

// Every number of the file is somewhere among these.
TEST_F(GgufMemoryTest, IsSmallWhateverANumberInItSays) {
  const GgufHeader header = TinyLlama();
  const std::string bytes = GgufBytes(header);
  const PeakMemory memory;

  for (const uint64_t lie : {kHuge, kHuge / 8, uint64_t{1} << 30, ~kHuge}) {
    for (size_t place = 4; place + 8 <= bytes.size(); ++place) {
      std::string lying = bytes;
      lying.replace(place, 8, Number(lie));
      const auto read = ParseGguf(lying, int64_t{1} << 40);
      if (read.ok()) ShapeOf(*read).IgnoreError();
    }
  }
  EXPECT_THAT(memory.bytes(), Le(1 << 20));
}

TEST(SplitGgufMemoryTest, IsSmallForManyTensorsInManyParts) {
  const TemporaryFolder folder;
  GgufHeader part;
  for (int i = 0; i < 40000; ++i) {
    part.tensors.push_back(
        TensorOf(absl::StrFormat("%063d", i), "F32", {1, 1, 1, 1}));
  }
  part.metadata["split.count"] = int64_t{2};
  for (int i = 0; i < 2; ++i) {
    part.metadata["split.no"] = int64_t{i};
    WriteGguf(part, folder / absl::StrFormat("m-%05d-of-00002.gguf", i + 1));
  }
  const PeakMemory memory;

  EXPECT_THAT(ReadGguf(folder / "m-00001-of-00002.gguf"),
              StatusIs(kLoss, HasSubstr("more tensors than any model has")));
  EXPECT_THAT(memory.bytes(), Le(kInputMemoryMax));
}

}  // namespace
}  // namespace hwledger
