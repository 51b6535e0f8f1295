#include "core/model/published_format.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "core/model/catalogue.h"

namespace hwledger {
namespace {

std::optional<WeightFormat> FormatOf(std::string_view quantization) {
  return PublishedFormat(absl::StrCat(
      R"({"model_type":"llama","quantization_config":)", quantization, "}"));
}

std::string NameOf(const std::optional<WeightFormat>& format) {
  return format ? std::string(NameOf(format->precision)) : "unknown";
}

TEST(PublishedFormatTest, IsSixteenBitsWhereNothingIsSaid) {
  EXPECT_EQ(NameOf(PublishedFormat(R"({"model_type":"llama"})")), "bf16");
  EXPECT_EQ(NameOf(FormatOf("null")), "bf16");
}

TEST(PublishedFormatTest, IsWhatTheConfigSays) {
  EXPECT_EQ(NameOf(FormatOf(R"({"quant_method":"mxfp4"})")), "mxfp4");
  EXPECT_EQ(NameOf(FormatOf(R"({"quant_method":"fp8"})")), "fp8");
  EXPECT_EQ(NameOf(FormatOf(
                R"({"quant_method":"fp8","weight_block_size":[128,128]})")),
            "fp8-block");
  EXPECT_EQ(NameOf(FormatOf(R"({"quant_method":"fbgemm_fp8"})")), "fp8");
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"modelopt","quant_algo":"NVFP4"})")),
      "nvfp4");
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"modelopt","quant_algo":"FP8"})")),
      "fp8");
}

TEST(PublishedFormatTest, TellsTheKindsOfBitsandbytesApart) {
  EXPECT_EQ(NameOf(FormatOf(
                R"({"quant_method":"bitsandbytes","load_in_8bit":true})")),
            "bnb-int8");
  EXPECT_EQ(NameOf(FormatOf(
                R"({"quant_method":"bitsandbytes","load_in_4bit":true})")),
            "bnb-nf4");
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"bitsandbytes","load_in_4bit":true,)"
                      R"("bnb_4bit_use_double_quant":true})")),
      "bnb-nf4-double");
}

TEST(PublishedFormatTest, HasTheGroupOfWhatIsGrouped) {
  const auto awq =
      FormatOf(R"({"quant_method":"awq","bits":4,"group_size":64})");
  EXPECT_EQ(NameOf(awq), "awq");
  EXPECT_EQ(awq->group_elements, 64);
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"gptq","bits":4,"group_size":128})")),
      "gptq");
  EXPECT_EQ(NameOf(FormatOf(R"({"bits":4,"group_size":64})")), "mlx-4bit");
  EXPECT_EQ(NameOf(FormatOf(R"({"bits":8,"group_size":32})")), "mlx-8bit");
}

TEST(PublishedFormatTest, GuessesNothing) {
  EXPECT_EQ(NameOf(FormatOf(R"({"quant_method":"novel"})")), "unknown");
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"gptq","bits":8,"group_size":128})")),
      "unknown");
  EXPECT_EQ(
      NameOf(FormatOf(R"({"quant_method":"awq","bits":4,"group_size":-1})")),
      "unknown");
  EXPECT_EQ(NameOf(FormatOf(R"("fp8")")), "unknown");
  EXPECT_EQ(NameOf(PublishedFormat("[")), "unknown");
  EXPECT_EQ(NameOf(PublishedFormat("[]")), "unknown");
}

// As their repositories' config.json has it.
TEST(PublishedFormatTest, IsKnownOfTheCatalogue) {
  const auto of = [](std::string_view name) {
    return NameOf(PublishedFormat((*FindInCatalogue(name))->config_json));
  };

  EXPECT_EQ(of("gpt-oss-20b"), "mxfp4");
  EXPECT_EQ(of("gpt-oss-120b"), "mxfp4");
  for (const auto* name : {"deepseek-v3", "deepseek-r1", "deepseek-v3.2",
                           "kimi-k2", "mimo-v2-flash", "minimax-m2"}) {
    EXPECT_EQ(of(name), "fp8-block") << name;
  }
  EXPECT_EQ(of("qwen3-8b"), "bf16");
}

}  // namespace
}  // namespace hwledger
