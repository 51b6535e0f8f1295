#pragma once

#include <string>
#include <string_view>

#include "clients/cli/surface.h"

namespace hwledger {

// `text` in lines of its own, as wide as `surface` is; nothing where it is
// empty.
std::string Paragraph(std::string_view text, Paint paint,
                      const Surface& surface);

}  // namespace hwledger
