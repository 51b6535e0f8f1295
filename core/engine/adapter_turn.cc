#include "core/engine/adapter_turn.h"

namespace hwledger {

// The smallest that is larger than the last, around: every group comes before
// one comes twice.
const AdapterTurn::Scales& AdapterTurn::Next(
    absl::Span<const Scales* const> wanting) {
  const Scales* first = nullptr;
  const Scales* next = nullptr;
  for (const Scales* scales : wanting) {
    if (first == nullptr || *scales < *first) first = scales;
    if (*scales > last_ && (next == nullptr || *scales < *next)) next = scales;
  }
  last_ = next != nullptr ? *next : *first;
  return last_;
}

}  // namespace hwledger
