#include "clients/cli/table.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/terminal_text.h"

namespace hwledger {
namespace {

constexpr std::string_view kGap = "  ";

// A column that is shown, and how wide.
struct Shown {
  size_t column;
  int64_t width;
};

int64_t TotalWidth(const std::vector<Shown>& layout) {
  int64_t width = std::ssize(kGap) * (std::ssize(layout) - 1);
  for (const Shown& shown : layout) width += shown.width;
  return width;
}

std::string Repeated(std::string_view text, int64_t times) {
  std::string repeated;
  for (int64_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string Line(const std::vector<std::string>& cells) {
  std::string line = absl::StrJoin(cells, kGap);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::vector<Shown> NaturalLayout(const std::vector<Column>& columns,
                                 const std::vector<std::vector<Cell>>& rows,
                                 const Surface& surface) {
  std::vector<Shown> layout;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (surface.terminal && columns[i].pipes_only) continue;
    int64_t width = DisplayWidth(columns[i].title);
    for (const std::vector<Cell>& row : rows) {
      width = std::max(width, DisplayWidth(row[i].text));
    }
    layout.push_back({i, width});
  }
  return layout;
}

// `layout` with cells shortened as far as they may be for it to take `width`.
std::vector<Shown> Shortened(std::vector<Shown> layout,
                             const std::vector<Column>& columns,
                             int64_t width) {
  for (Shown& shown : layout) {
    const int64_t excess = TotalWidth(layout) - width;
    const int64_t width_min = columns[shown.column].width_min;
    if (excess <= 0 || width_min == 0 || shown.width <= width_min) continue;
    shown.width = std::max(shown.width - excess, width_min);
  }
  return layout;
}

// The columns that fit into `width`: first cells are shortened, then columns
// leave. What cannot be made to fit stays too wide.
std::vector<Shown> FittingLayout(std::vector<Shown> layout,
                                 const std::vector<Column>& columns,
                                 int64_t width) {
  while (true) {
    std::vector<Shown> shortened = Shortened(layout, columns, width);
    if (TotalWidth(shortened) <= width) return shortened;
    const auto order = [&](const Shown& shown) {
      const int leaves = columns[shown.column].leaves;
      return leaves == 0 ? std::numeric_limits<int>::max() : leaves;
    };
    const auto first = std::ranges::min_element(layout, {}, order);
    if (columns[first->column].leaves == 0) return shortened;
    layout.erase(first);
  }
}

std::string Aligned(std::string_view text, Align align, int64_t width,
                    Paint paint, const Surface& surface) {
  const std::string shown = ShortenMiddle(text, width);
  const std::string space = Repeated(" ", width - DisplayWidth(shown));
  const std::string painted = Painted(shown, paint, surface);
  return align == Align::kLeft ? painted + space : space + painted;
}

std::vector<std::string> CellLines(const Cell& cell, const Column& column,
                                   int64_t width) {
  if (!column.wraps) return {cell.text};
  return absl::StrSplit(Wrapped(cell.text, width), '\n');
}

// As many lines as the longest of its cells.
std::string RowLines(const std::vector<Cell>& row,
                     const std::vector<Shown>& layout,
                     const std::vector<Column>& columns,
                     const Surface& surface) {
  std::vector<std::vector<std::string>> cells;
  size_t height = 1;
  for (const auto& [column, width] : layout) {
    cells.push_back(CellLines(row[column], columns[column], width));
    height = std::max(height, cells.back().size());
  }
  std::string text;
  for (size_t line = 0; line < height; ++line) {
    std::vector<std::string> aligned;
    for (size_t i = 0; i < layout.size(); ++i) {
      const auto& [column, width] = layout[i];
      const bool is_there = line < cells[i].size();
      aligned.push_back(
          Aligned(is_there ? cells[i][line] : "", columns[column].align, width,
                  is_there ? row[column].paint : Paint::kNone, surface));
    }
    text += Line(aligned);
  }
  return text;
}

std::string TitleLines(const std::vector<Shown>& layout,
                       const std::vector<Column>& columns,
                       const Surface& surface) {
  std::vector<std::string> titles;
  for (const Shown& shown : layout) {
    const Column& column = columns[shown.column];
    titles.push_back(Aligned(column.title, column.align, shown.width,
                             Paint::kBold, surface));
  }
  std::string text = Line(titles);
  if (surface.terminal) {
    const std::string rule = Repeated("─", TotalWidth(layout));
    absl::StrAppend(&text, Painted(rule, Paint::kDim, surface), "\n");
  }
  return text;
}

// Names what is not shown, so that nobody takes it for absent.
std::string HiddenLine(const std::vector<Shown>& layout,
                       const std::vector<Column>& columns,
                       const Surface& surface) {
  std::vector<std::string_view> hidden;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (surface.terminal && columns[i].pipes_only) continue;
    if (std::ranges::find(layout, i, &Shown::column) == layout.end()) {
      hidden.push_back(columns[i].title);
    }
  }
  if (hidden.empty()) return "";
  const std::string text =
      absl::StrCat("no room for: ", absl::StrJoin(hidden, ", "));
  return Painted(text, Paint::kDim, surface) + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = EscapeControls(cell.text);
  rows_.push_back(std::move(row));
}

std::string Table::Format(const Surface& surface) const {
  std::vector<Shown> layout = NaturalLayout(columns_, rows_, surface);
  if (surface.columns) {
    layout = FittingLayout(std::move(layout), columns_, *surface.columns);
  }

  std::string text = TitleLines(layout, columns_, surface);
  for (const std::vector<Cell>& row : rows_) {
    text += RowLines(row, layout, columns_, surface);
  }
  return text + HiddenLine(layout, columns_, surface);
}

}  // namespace hwledger
