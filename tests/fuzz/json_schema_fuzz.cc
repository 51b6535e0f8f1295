#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/constraint/grammar_match.h"
#include "core/constraint/json_schema.h"

namespace {

// Whatever schema is accepted becomes a grammar that can be followed.
void Convert(std::string_view schema) {
  const absl::StatusOr<std::string> text =
      hwledger::GrammarOfSchema("json_schema", schema);
  if (!text.ok()) return;
  auto grammar = hwledger::ParseGrammar(*text);
  assert(grammar.ok());
  hwledger::GrammarMatch match(
      std::make_shared<const hwledger::Grammar>(*std::move(grammar)));
  assert(!match.front().places.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Convert({reinterpret_cast<const char*>(data), size});
  return 0;
}
