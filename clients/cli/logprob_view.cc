#include "clients/cli/logprob_view.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/terminal_text.h"

namespace hwledger {
namespace {

// Most pieces are shorter.
constexpr int kPieceWidth = 14;

std::string Probability(const v1::TokenLogprob& token) {
  return absl::StrFormat("%.3g %%", 100 * std::exp(token.logprob()));
}

}  // namespace

std::string LogprobText(const v1::TokenLogprob& token) {
  std::vector<std::string> others;
  for (const v1::TokenLogprob& likely : token.top()) {
    if (likely.token_id() == token.token_id()) continue;
    others.push_back(
        absl::StrCat(QuotedPiece(likely.piece()), " ", Probability(likely)));
  }
  std::string text = QuotedPiece(token.piece());
  const auto padding = kPieceWidth - DisplayWidth(text);
  if (padding > 0) text.append(static_cast<size_t>(padding), ' ');
  absl::StrAppendFormat(&text, " %8s", Probability(token));
  if (!others.empty()) {
    absl::StrAppend(&text, "   ", absl::StrJoin(others, ", "));
  }
  return text;
}

}  // namespace hwledger
