#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/surface.h"

namespace hwledger {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kRight;
  // Where the surface is too narrow, columns leave in this order; 0 stays.
  int leaves = 0;
  // Where the surface is too narrow, cells are shortened down to this; 0:
  // never.
  int64_t width_min = 0;
  // Instead of being shortened, cells go on in further lines.
  bool wraps = false;
  // Not on a terminal, which is told another way.
  bool pipes_only = false;
};

struct Cell {
  // NOLINTNEXTLINE(google-explicit-constructor): most cells are plain text.
  Cell(std::string words, Paint colour = Paint::kNone)
      : text(std::move(words)), paint(colour) {}

  std::string text;
  Paint paint;
};

// Rows under titles. On a surface without columns (a pipe, a file) every column
// is there in full, so that scripts can rely on them.
class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // As many cells as there are columns.
  void AddRow(std::vector<Cell> row);

  std::string Format(const Surface& surface) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace hwledger
