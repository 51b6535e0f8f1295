#pragma once

#include <string>
#include <string_view>

namespace hwledger {

// How the command line calls the contract's `field`, wherever in a request it
// lies: "--kv-cache-type-k" for "base.kv_cache_type_k". The field itself where
// there is no such option.
std::string FlagOf(std::string_view field);

}  // namespace hwledger
