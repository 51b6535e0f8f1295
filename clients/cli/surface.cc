#include "clients/cli/surface.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "clients/cli/system.h"

namespace hwledger {
namespace {

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool ColoursWanted() {
  return Environment("NO_COLOR").empty() && Environment("TERM") != "dumb";
}

// The parameter of the sequence "select graphic rendition" (ECMA-48, 8.3.117).
std::string_view GraphicRendition(Paint paint) {
  switch (paint) {
    case Paint::kNone:
      return "0";
    case Paint::kBold:
      return "1";
    case Paint::kDim:
      return "2";
    case Paint::kGreen:
      return "32";
    case Paint::kYellow:
      return "33";
    case Paint::kRed:
      return "31";
  }
  return "0";
}

}  // namespace

Surface OutputSurface() {
  const bool terminal = IsTerminal(StandardStream::kOutput);
  return {.terminal = terminal,
          .colours = terminal && ColoursWanted(),
          .columns = terminal ? TerminalColumns() : std::nullopt};
}

Surface ErrorSurface() {
  const bool terminal = IsTerminal(StandardStream::kError);
  return {.terminal = terminal,
          .colours = terminal && ColoursWanted(),
          .columns = terminal ? TerminalColumns() : std::nullopt};
}

std::string Painted(std::string_view text, Paint paint,
                    const Surface& surface) {
  if (!surface.colours || paint == Paint::kNone) return std::string(text);
  return absl::StrCat("\x1b[", GraphicRendition(paint), "m", text, "\x1b[0m");
}

}  // namespace hwledger
