#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/model/gguf.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

using testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kLoss = absl::StatusCode::kDataLoss;

// TinyLlama in two parts: its first tensor, and the others.
class GgufPartsTest : public testing::Test {
 protected:
  static GgufHeader Part(int64_t index) {
    GgufHeader part = TinyLlama();
    const auto tensor_count = static_cast<int64_t>(part.tensors.size());
    if (index == 0) {
      part.tensors.resize(1);
    } else {
      part.metadata.clear();
      part.tensors.erase(part.tensors.begin());
    }
    part.metadata["split.no"] = index;
    part.metadata["split.count"] = int64_t{2};
    part.metadata["split.tensors.count"] = tensor_count;
    return part;
  }

  TemporaryFolder folder_;
  const std::string first_ = folder_ / "m-00001-of-00002.gguf";
  const std::string second_ = folder_ / "m-00002-of-00002.gguf";
};

TEST_F(GgufPartsTest, AreReadAsOneModel) {
  WriteGguf(Part(0), first_);
  WriteGguf(Part(1), second_);

  const absl::StatusOr<GgufHeader> model = ReadGguf(first_);

  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->Text("general.architecture"), "llama");
  EXPECT_EQ(model->tensors.size(), TinyLlama().tensors.size());
}

TEST_F(GgufPartsTest, AreNamedByTheFirst) {
  WriteGguf(Part(0), first_);
  WriteGguf(Part(1), second_);

  EXPECT_THAT(ReadGguf(second_), StatusIs(kInvalid, HasSubstr(first_)));
}

TEST_F(GgufPartsTest, MustAllBeThere) {
  WriteGguf(Part(0), first_);

  EXPECT_THAT(ReadGguf(first_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(second_)));
}

TEST_F(GgufPartsTest, MustKeepTheirNames) {
  const std::string renamed = folder_ / "model.gguf";
  WriteGguf(Part(0), renamed);

  EXPECT_THAT(ReadGguf(renamed),
              StatusIs(kInvalid, HasSubstr("'-00001-of-00002.gguf'")));
}

TEST_F(GgufPartsTest, MustBeInOrder) {
  WriteGguf(Part(0), first_);
  WriteGguf(Part(0), second_);

  EXPECT_THAT(ReadGguf(first_), StatusIs(kLoss, HasSubstr("not the part")));
}

TEST_F(GgufPartsTest, MustNotShareATensor) {
  GgufHeader part = Part(1);
  part.tensors[0].name = Part(0).tensors[0].name;
  WriteGguf(Part(0), first_);
  WriteGguf(part, second_);

  EXPECT_THAT(ReadGguf(first_), StatusIs(kLoss, HasSubstr("in two parts")));
}

TEST_F(GgufPartsTest, MustHoldAllTensors) {
  GgufHeader part = Part(1);
  part.tensors.pop_back();
  WriteGguf(Part(0), first_);
  WriteGguf(part, second_);

  EXPECT_THAT(ReadGguf(first_),
              StatusIs(kLoss, HasSubstr("'split.tensors.count'")));
}

TEST_F(GgufPartsTest, AreNotCountless) {
  GgufHeader part = Part(0);
  part.metadata["split.count"] = int64_t{65535};
  WriteGguf(part, folder_ / "m-00001-of-65535.gguf");

  EXPECT_THAT(ReadGguf(folder_ / "m-00001-of-65535.gguf"),
              StatusIs(kLoss, HasSubstr("65535")));
}

}  // namespace
}  // namespace hwledger
