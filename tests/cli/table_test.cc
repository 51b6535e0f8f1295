#include "clients/cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Surface kPipe = {};

Table SmallTable() {
  Table table({{.title = "Model", .align = Align::kLeft, .width_min = 5},
               {.title = "Size", .leaves = 1},
               {.title = "Fits", .align = Align::kLeft}});
  table.AddRow({Cell("a-long-model-name"), Cell("1.00 GiB"),
                Cell("yes", Paint::kGreen)});
  table.AddRow({Cell("b"), Cell("12 B"), Cell("no", Paint::kRed)});
  return table;
}

TEST(TableTest, AlignsColumnsUnderTheirTitles) {
  EXPECT_EQ(SmallTable().Format(kPipe),
            "Model                  Size  Fits\n"
            "a-long-model-name  1.00 GiB  yes\n"
            "b                      12 B  no\n");
}

TEST(TableTest, ShortensCellsBeforeColumnsLeave) {
  EXPECT_THAT(SmallTable().Format({.columns = 30}),
              HasSubstr("a-long-…l-name  1.00 GiB  yes\n"));
}

TEST(TableTest, GoesOnInFurtherLinesWhereAColumnWraps) {
  Table table({{.title = "Size"},
               {.title = "Formula",
                .align = Align::kLeft,
                .width_min = 10,
                .wraps = true}});
  table.AddRow({Cell("1 B"), Cell("2 layers · 8 cells")});

  EXPECT_EQ(table.Format({.columns = 18}),
            "Size  Formula\n"
            " 1 B  2 layers · 8\n"
            "      cells\n");
  EXPECT_THAT(table.Format(kPipe), HasSubstr(" 1 B  2 layers · 8 cells\n"));
}

TEST(TableTest, SaysWhichColumnsFoundNoRoom) {
  const std::string text = SmallTable().Format({.columns = 18});

  EXPECT_THAT(text, HasSubstr("a-long…-name  yes\n"));
  EXPECT_THAT(text, HasSubstr("no room for: Size\n"));
}

TEST(TableTest, KeepsWhatMayNotLeaveHoweverNarrowItGets) {
  EXPECT_THAT(SmallTable().Format({.columns = 1}), HasSubstr("a-…me  yes\n"));
}

TEST(TableTest, KeepsColumnsStraightUnderColours) {
  const std::string text =
      SmallTable().Format({.terminal = true, .colours = true});

  EXPECT_THAT(text, HasSubstr("12 B  \x1b[31mno\x1b[0m"));
}

TEST(TableTest, KeepsForPipesWhatATerminalIsToldAnotherWay) {
  Table table({{.title = "Model"}, {.title = "Free", .pipes_only = true}});
  table.AddRow({Cell("demo"), Cell("1 B")});

  EXPECT_THAT(table.Format(kPipe), HasSubstr(" demo   1 B\n"));
  EXPECT_THAT(table.Format({.terminal = true}), Not(HasSubstr("Free")));
}

TEST(TableTest, UsesNoEscapeSequencesWithoutColours) {
  EXPECT_THAT(SmallTable().Format({.terminal = true}), Not(HasSubstr("\x1b")));
}

TEST(TableTest, EscapesControlCharactersInCells) {
  Table table({{.title = "Model"}});
  table.AddRow({Cell("a\x1b[2J\nb")});

  EXPECT_THAT(table.Format(kPipe), HasSubstr("a\\x1b[2J\\x0ab\n"));
}

}  // namespace
}  // namespace hwledger
