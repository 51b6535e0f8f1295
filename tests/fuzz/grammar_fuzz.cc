#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/constraint/grammar_match.h"

namespace {

// A grammar, a byte 0, and a text that is read by it.
void Follow(std::string_view input) {
  const size_t end = std::min(input.find('\0'), input.size());
  auto grammar = hwledger::ParseGrammar(input.substr(0, end));
  if (!grammar.ok()) return;
  hwledger::GrammarMatch match(
      std::make_shared<const hwledger::Grammar>(*std::move(grammar)));
  for (const char byte : input.substr(std::min(end + 1, input.size()))) {
    const bool allowed = match.Allows({&byte, 1});
    const bool accepted = match.Accept({&byte, 1});
    assert(allowed == accepted || match.overflowed());
    if (!accepted) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Follow({reinterpret_cast<const char*>(data), size});
  return 0;
}
