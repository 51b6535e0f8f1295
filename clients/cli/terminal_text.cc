#include "clients/cli/terminal_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/utf8.h"

namespace hwledger {
namespace {

// The code points of valid UTF-8.
std::vector<std::string_view> CodePoints(std::string_view text) {
  std::vector<std::string_view> code_points;
  while (!text.empty()) {
    size_t length = 1;
    while (length < text.size() && (text[length] & 0xC0) == 0x80) ++length;
    code_points.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return code_points;
}

// C0 (U+0000 to U+001F), delete, and C1 (U+0080 to U+009F).
bool IsControl(std::string_view code_point) {
  const auto first = static_cast<unsigned char>(code_point[0]);
  if (code_point.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(code_point[1]) < 0xA0;
}

}  // namespace

std::string EscapeControls(std::string_view text) {
  std::string escaped;
  for (const std::string_view code_point : CodePoints(text)) {
    if (!IsControl(code_point)) {
      escaped += code_point;
    } else {
      // A C1 control's last byte is its number.
      absl::StrAppendFormat(&escaped, "\\x%02x",
                            static_cast<unsigned char>(code_point.back()));
    }
  }
  return escaped;
}

std::string EscapeControlsInLines(std::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, '\n'), "\n",
                       [](std::string* out, std::string_view line) {
                         absl::StrAppend(out, EscapeControls(line));
                       });
}

std::string QuotedPiece(std::string_view piece) {
  std::string text;
  if (IsUtf8(piece)) {
    text = EscapeControls(piece);
  } else {
    for (const char byte : piece) {
      absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(byte));
    }
  }
  return absl::StrCat("\"", text, "\"");
}

std::string DropControls(std::string_view text) {
  std::string kept;
  for (const std::string_view code_point : CodePoints(text)) {
    if (!IsControl(code_point) || code_point == "\n" || code_point == "\t") {
      kept += code_point;
    }
  }
  return kept;
}

int64_t DisplayWidth(std::string_view text) {
  return std::ranges::count_if(text,
                               [](char byte) { return (byte & 0xC0) != 0x80; });
}

std::string ShortenMiddle(std::string_view text, int64_t width) {
  const std::vector<std::string_view> code_points = CodePoints(text);
  if (std::ssize(code_points) <= width) return std::string(text);
  const int64_t tail = (width - 1) / 2;
  const int64_t head = width - 1 - tail;
  return absl::StrCat(
      absl::StrJoin(code_points.begin(), code_points.begin() + head, ""), "…",
      absl::StrJoin(code_points.end() - tail, code_points.end(), ""));
}

std::string Wrapped(std::string_view text, int64_t width) {
  std::string wrapped;
  int64_t column = 0;
  for (const std::string_view word : absl::StrSplit(text, ' ')) {
    const int64_t word_width = DisplayWidth(word);
    if (column > 0 && column + 1 + word_width > width) {
      wrapped += '\n';
      column = 0;
    } else if (column > 0) {
      wrapped += ' ';
      ++column;
    }
    wrapped += word;
    column += word_width;
  }
  return wrapped;
}

}  // namespace hwledger
