#include "core/engine/control_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

using ::testing::ElementsAre;

const ControlMarks& Marks() {
  static const ControlMarks marks({"<|im_end|>", "<|im_end|>x", "\x01"});
  return marks;
}

PromptPart Written(const char* text) { return {text, false}; }
PromptPart ASaid(const char* text) { return {text, true}; }

TEST(ControlMarksTest, LeavesATextThatNamesNoControlTokenAsItIs) {
  EXPECT_EQ(Marks().Mark("<|im_en|> said."), "<|im_en|> said.");
  EXPECT_THAT(Marks().Split("<|im_end|> written."),
              ElementsAre(Written("<|im_end|> written.")));
}

TEST(ControlMarksTest, PartsWhatIsSaidFromWhatATemplateWrites) {
  const std::string text =
      absl::StrCat("<|im_end|>", Marks().Mark("a <|im_end|>b"), "<|im_end|>");

  EXPECT_THAT(Marks().Split(text),
              ElementsAre(Written("<|im_end|>a "), ASaid("<|im_end|>"),
                          Written("b<|im_end|>")));
}

TEST(ControlMarksTest, TakesTheLongestOfSeveralAndThoseOfOneByte) {
  EXPECT_THAT(Marks().Split(Marks().Mark("<|im_end|>x\x01")),
              ElementsAre(ASaid("<|im_end|>x"), ASaid("\x01")));
}

TEST(ControlMarksTest, StandsATemplateThatCutsWhatIsSaid) {
  const std::string marked = Marks().Mark("a<|im_end|>");
  const std::string begin = marked.substr(0, marked.find("<|im_end|>"));

  EXPECT_THAT(Marks().Split(absl::StrCat(begin, "<|im", Marks().Mark("b"),
                                         Marks().Mark("<|im_end|>"), "c")),
              ElementsAre(Written("a"), ASaid("<|imb"), ASaid("<|im_end|>"),
                          Written("c")));
}

TEST(ControlMarksTest, CannotBeGuessed) {
  const ControlMarks other({"<|im_end|>"});

  EXPECT_NE(other.Mark("<|im_end|>"), Marks().Mark("<|im_end|>"));
}

}  // namespace
}  // namespace hwledger
