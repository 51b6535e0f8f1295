#pragma once

#include <string>

#include "hwledger/v1/inference.pb.h"

namespace hwledger {

// How likely a token was, and others in its place:
// "\"Hello\"   62.5 %   \"Hi\" 20.1 %, \"Hey\" 3.02 %". One line.
std::string LogprobText(const v1::TokenLogprob& token);

}  // namespace hwledger
