#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Text as a terminal shows it. What a model or a file says may hold control
// characters, and those could do anything to a terminal.
namespace hwledger {

// Control characters written out ("\x1b"), for names: they stay recognisable.
std::string EscapeControls(std::string_view text);

// As EscapeControls, but lines stay lines.
std::string EscapeControlsInLines(std::string_view text);

// What a token stands for, in quotes: of a part of a character its bytes.
std::string QuotedPiece(std::string_view piece);

// Without control characters other than line feed and tab, for generated text.
std::string DropControls(std::string_view text);

// Columns that `text` takes. Counts code points: wide and combining characters
// are measured wrong, which costs a straight edge and nothing else.
int64_t DisplayWidth(std::string_view text);

// At most `width` columns, with "…" for what was taken out of the middle: the
// ends of a model's name say most.
std::string ShortenMiddle(std::string_view text, int64_t width);

// `text` broken into lines of at most `width` columns between words.
std::string Wrapped(std::string_view text, int64_t width);

}  // namespace hwledger
