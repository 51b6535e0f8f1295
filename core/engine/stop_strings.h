#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// Finds the first of some strings in a text that comes in pieces. The first is
// the one that ends first; of those that end together, the longest. Where the
// pieces begin and end makes no difference.
class StopStrings {
 public:
  // None of `strings` is empty.
  explicit StopStrings(const std::vector<std::string>& strings);

  // Takes the next piece and gives back what has become certain to stand before
  // any stop string. Not after one was found.
  std::string Add(std::string_view piece);
  // At the end of the text: what was held back.
  std::string Flush();

  // The one that came; empty until then.
  const std::string& found() const { return found_; }

 private:
  // Knuth, Morris and Pratt's search for one string.
  struct Search {
    std::string string;
    std::vector<size_t> fallback;  // By matched length, from 1.
    size_t matched = 0;            // Bytes of it that the text ends with.

    void Advance(char byte);
  };

  std::vector<Search> searches_;
  std::string held_;
  std::string found_;
};

}  // namespace hwledger
