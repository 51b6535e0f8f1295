#include "core/model/quantize_mix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/field_error.h"
#include "core/model/catalogue.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using testing::AllOf;
using testing::HasSubstr;

GgufHeader Model(std::string_view name) {
  return HeaderOf(**FindInCatalogue(name));
}

Bytes TensorBytes(const GgufHeader& header) {
  Bytes total;
  for (const GgufTensor& tensor : header.tensors) total += tensor.size();
  return total;
}

TEST(QuantizeTest, GivesTheSizeOfThePublishedFile) {
  const absl::StatusOr<GgufHeader> header =
      Quantize(Model("llama-3.1-8b"), "Q4_K_M");

  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(TensorBytes(*header), Bytes(4'912'898'304));
}

TEST(QuantizeTest, LeavesAFileThatCanBeRead) {
  const GgufHeader header = *Quantize(TinyLlama(), "q8_0");

  const absl::StatusOr<GgufHeader> read =
      ParseGguf(GgufBytes(header), GgufFileSize(header));

  ASSERT_THAT(read, IsOk());
  // token_embd: 8 rows of 64 elements, 34 bytes for each 32 of them.
  EXPECT_EQ(read->tensors[1].offset, 8 * 2 * 34);
  EXPECT_EQ(header.tensors[1].offset, read->tensors[1].offset);
}

TEST(QuantizeTest, NamesWhatAnUnknownRecipeMayHaveMeant) {
  const absl::Status status = Quantize(TinyLlama(), "Q4_KM").status();

  EXPECT_THAT(status,
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("'Q4_KM'"), HasSubstr("'Q4_K_M'"))));
  EXPECT_EQ(FieldOf(status), "quantization");
}

TEST(QuantizeTest, NamesSomeRecipesWhateverWasAskedFor) {
  EXPECT_THAT(Quantize(TinyLlama(), "tiny").status().message(),
              HasSubstr("such as F16, Q8_0 or Q4_K_M; got 'tiny'"));
  for (const char* name : {"F16", "Q8_0", "Q4_K_M"}) {
    EXPECT_THAT(Quantize(TinyLlama(), name), IsOk()) << name;
  }
}

TEST(QuantizeTest, KnowsThePrecisionsOfOtherRuntimes) {
  const absl::Status status = Quantize(TinyLlama(), "awq").status();

  EXPECT_THAT(status.message(),
              HasSubstr("unless runtime is another; got 'awq'"));
  EXPECT_EQ(FieldOf(status), "quantization");
}

TEST(QuantizeTest, RefusesARecipeThatDoesNotFitTheRows) {
  const absl::Status status = Quantize(Model("gpt-oss-20b"), "Q1_0").status();

  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                               AllOf(HasSubstr("token_embd.weight"),
                                     HasSubstr("2880"))));
  EXPECT_EQ(FieldOf(status), "quantization");
}

TEST(QuantizationOfTest, IsTheRecipeThatTheHeaderNames) {
  EXPECT_EQ(QuantizationOf(Model("llama-3.1-8b")), "BF16");
  EXPECT_EQ(QuantizationOf(Model("gpt-oss-20b")), "MXFP4_MOE");
  EXPECT_EQ(QuantizationOf(*Quantize(TinyLlama(), "q3_k")), "Q3_K_M");
}

TEST(QuantizationOfTest, IsElseTheTypeOfMostBytes) {
  EXPECT_EQ(QuantizationOf(TinyLlama()), "F16");
  EXPECT_EQ(QuantizationOf(GgufHeader()), "");
}

}  // namespace
}  // namespace hwledger
