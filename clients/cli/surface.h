#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hwledger {

enum class Paint { kNone, kBold, kDim, kGreen, kYellow, kRed };

// What output is drawn on.
struct Surface {
  bool terminal = false;
  bool colours = false;
  // Absent: without a limit.
  std::optional<int64_t> columns;
};

// Standard output and standard error as they are. Colours only on a terminal,
// and never where NO_COLOR is set.
Surface OutputSurface();
Surface ErrorSurface();

// `text` with the escape sequences for `paint`, where `surface` has colours.
std::string Painted(std::string_view text, Paint paint, const Surface& surface);

}  // namespace hwledger
