#include "clients/cli/paragraph.h"

#include "clients/cli/terminal_text.h"

namespace hwledger {

std::string Paragraph(std::string_view text, Paint paint,
                      const Surface& surface) {
  if (text.empty()) return "";
  const std::string escaped = EscapeControls(text);
  const std::string lines =
      surface.columns ? Wrapped(escaped, *surface.columns) : escaped;
  return Painted(lines, paint, surface) + "\n";
}

}  // namespace hwledger
