#include "clients/cli/table.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

std::string Line(std::vector<std::string> cells) {
  std::string line = absl::StrJoin(cells, kGap);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = EscapeControls(cell.text);
  rows_.push_back(std::move(row));
}

namespace {

std::vector<Shown> NaturalLayout(const std::vector<Column>& columns,
                                 const std::vector<std::vector<Cell>>& rows) {
  std::vector<Shown> layout;
  for (size_t i = 0; i < columns.size(); ++i) {
    int64_t width = DisplayWidth(columns[i].title);
    for (const std::vector<Cell>& row : rows) {
      width = std::max(width, DisplayWidth(row[i].text));
    }
    layout.push_back({i, width});
  }
  return layout;
}

// `layout` with cells shortened so that it takes `width`, if that can be.
std::optional<std::vector<Shown>> Shortened(std::vector<Shown> layout,
                                            const std::vector<Column>& columns,
                                            int64_t width) {
  for (Shown& shown : layout) {
    const int64_t excess = TotalWidth(layout) - width;
    const int64_t width_min = columns[shown.column].width_min;
    if (excess <= 0 || width_min == 0 || shown.width <= width_min) continue;
    shown.width = std::max(shown.width - excess, width_min);
  }
  if (TotalWidth(layout) > width) return std::nullopt;
  return layout;
}

// The columns that fit into `width`: first cells are shortened, then columns
// leave. What cannot be made to fit stays too wide.
std::vector<Shown> FittingLayout(std::vector<Shown> layout,
                                 const std::vector<Column>& columns,
                                 int64_t width) {
  while (true) {
    if (auto shortened = Shortened(layout, columns, width)) return *shortened;
    const auto leaves = [&](const Shown& shown) {
      const int order = columns[shown.column].leaves;
      return order == 0 ? std::numeric_limits<int>::max() : order;
    };
    const auto first = std::ranges::min_element(layout, {}, leaves);
    if (columns[first->column].leaves == 0) return layout;
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

}  // namespace

std::string Table::Format(const Surface& surface) const {
  std::vector<Shown> layout = NaturalLayout(columns_, rows_);
  if (surface.columns) {
    layout = FittingLayout(std::move(layout), columns_, *surface.columns);
  }

  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (const auto& [column, width] : layout) {
    const Column& spec = columns_[column];
    titles.push_back(
        Aligned(spec.title, spec.align, width, Paint::kBold, surface));
    rules.push_back(Repeated("─", width));
  }
  std::string text = Line(std::move(titles));
  if (surface.terminal) {
    text += Painted(absl::StrJoin(rules, "──"), Paint::kDim, surface) + "\n";
  }
  for (const std::vector<Cell>& row : rows_) {
    std::vector<std::string> cells;
    for (const auto& [column, width] : layout) {
      const Cell& cell = row[column];
      cells.push_back(Aligned(cell.text, columns_[column].align, width,
                              cell.paint, surface));
    }
    text += Line(std::move(cells));
  }

  std::vector<std::string_view> hidden;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (std::ranges::find(layout, i, &Shown::column) == layout.end()) {
      hidden.push_back(columns_[i].title);
    }
  }
  if (!hidden.empty()) {
    text += Painted(absl::StrCat("no room for: ", absl::StrJoin(hidden, ", ")),
                    Paint::kDim, surface) +
            "\n";
  }
  return text;
}

}  // namespace hwledger
