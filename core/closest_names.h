#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// Of `names`, those that `name` may have been meant to be, the likeliest first:
// at most three. Case and punctuation do not matter.
std::vector<std::string> ClosestNames(std::string_view name,
                                      const std::vector<std::string>& names);

// The same for the end of an error message: "; did you mean 'a' or 'b'?", or
// nothing.
std::string DidYouMean(std::string_view name,
                       const std::vector<std::string>& names);

}  // namespace hwledger
