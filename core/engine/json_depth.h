#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hwledger {

// Whether no more than `depth_max` objects and arrays lie in one another. To be
// asked before JSON of others is parsed: what works with a value recurses, and
// a deep one would end the process.
inline bool IsShallow(std::string_view json, int64_t depth_max) {
  int64_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') in_string = !in_string;
    if (in_string) {
      if (c == '\\') ++i;  // What it escapes ends no string.
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (depth > depth_max) return false;
    if (c == '}' || c == ']') --depth;
  }
  return true;
}

}  // namespace hwledger
