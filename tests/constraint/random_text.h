#pragma once

#include <random>
#include <string>

#include "core/constraint/grammar.h"

namespace hwledger {

// A text that the grammar derives, by chance; after a while it ends as soon as
// it can. Empty where it does not come to an end.
std::string RandomText(const Grammar& grammar, std::mt19937& random);

}  // namespace hwledger
