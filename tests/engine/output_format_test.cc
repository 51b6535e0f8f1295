#include "core/engine/output_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(OutputFormatTest, TakesATemplateWithoutSignsForPlain) {
  EXPECT_EQ(FormatOfTemplate("{{ messages[0].content }}<|im_end|>"),
            OutputFormat());
  EXPECT_THAT(OutputFormat().Marks(), IsEmpty());
}

TEST(OutputFormatTest, TellsTheRarerSyntaxFromTheUsualOne) {
  // Mistral's newer template holds the older mark too.
  EXPECT_EQ(FormatOfTemplate("[TOOL_CALLS]x[ARGS]").calls.at(0).separator,
            "[ARGS]");
  EXPECT_EQ(FormatOfTemplate("[TOOL_CALLS][").calls.at(0).body,
            CallSyntax::Body::kJson);
  EXPECT_THAT(FormatOfTemplate("<|python_tag|> ipython").calls, SizeIs(2));
}

TEST(OutputFormatTest, KnowsHowAModelThinks) {
  EXPECT_EQ(FormatOfTemplate("[THINK] [/THINK]").reasoning_end, "[/THINK]");
  // A template may only cut thoughts out of the history.
  EXPECT_EQ(FormatOfTemplate("content.split('</think>')").reasoning_begin,
            "<think>");
}

TEST(OutputFormatTest, SpeaksInChannelsOrInMarks) {
  const OutputFormat format =
      FormatOfTemplate("<|channel|>analysis<|message|> <tool_call> </think>");

  EXPECT_TRUE(format.has_channels);
  EXPECT_THAT(format.calls, IsEmpty());
  EXPECT_THAT(format.Marks(), Contains("<|message|>"));
}

TEST(OutputFormatTest, SeesInThePromptWhetherItThinksAlready) {
  const OutputFormat format = FormatOfTemplate("<think></think>");

  EXPECT_TRUE(
      FormatAfter(format, "assistant\n<think>\n").begins_with_reasoning);
  EXPECT_FALSE(
      FormatAfter(format, "<think>\n\n</think>\n\n").begins_with_reasoning);
  EXPECT_FALSE(FormatAfter({}, "<think>").begins_with_reasoning);
}

}  // namespace
}  // namespace hwledger
