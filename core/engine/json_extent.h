#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hwledger {

// Finds where a JSON object or array ends in a text that comes in pieces,
// whether or not what is in it is JSON.
class JsonExtent {
 public:
  // Takes the next piece, which begins with "{" or "[" where it is the first.
  // Returns the bytes of it up to the end of the value, or npos: it goes on.
  size_t Add(std::string_view piece);

 private:
  int64_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace hwledger
