#include "core/ledger/entries.h"

#include <algorithm>

namespace hwledger {

Bytes LedgerEntry::predicted() const {
  Bytes total;
  for (const LedgerTerm& term : terms) {
    if (term.measured) total += term.predicted;
  }
  return total;
}

Bytes LedgerEntry::measured() const {
  Bytes total;
  for (const LedgerTerm& term : terms) total += term.measured.value_or(Bytes());
  return total;
}

std::optional<double> LedgerEntry::error_percent() const {
  return ErrorPercent(predicted(), measured());
}

std::vector<LedgerTerm> LedgerEntry::sums() const {
  std::vector<LedgerTerm> sums;
  for (const LedgerTerm& term : terms) {
    const auto sum = std::ranges::find(sums, term.name, &LedgerTerm::name);
    if (sum == sums.end()) {
      sums.push_back(term);
      sums.back().device.clear();
      continue;
    }
    sum->predicted += term.predicted;
    if (term.measured) {
      sum->measured = sum->measured.value_or(Bytes()) + *term.measured;
    }
  }
  return sums;
}

std::optional<double> ErrorPercent(Bytes predicted, Bytes measured) {
  if (measured == Bytes()) return std::nullopt;
  return (static_cast<double>(predicted.count()) -
          static_cast<double>(measured.count())) *
         100 / static_cast<double>(measured.count());
}

}  // namespace hwledger
