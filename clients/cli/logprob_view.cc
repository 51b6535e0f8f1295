#include "clients/cli/logprob_view.h"

#include <cmath>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/utf8.h"

namespace hwledger {
namespace {

// Most pieces are shorter.
constexpr int kPieceWidth = 14;

// As it would stand in a program: bytes that are no text written out.
std::string Quoted(const std::string& piece) {
  const std::string text =
      IsUtf8(piece) ? absl::Utf8SafeCHexEscape(piece) : absl::CHexEscape(piece);
  return absl::StrCat("\"", text, "\"");
}

std::string Probability(const v1::TokenLogprob& token) {
  return absl::StrFormat("%.3g %%", 100 * std::exp(token.logprob()));
}

}  // namespace

std::string LogprobText(const v1::TokenLogprob& token) {
  std::vector<std::string> others;
  for (const v1::TokenLogprob& likely : token.top()) {
    if (likely.token_id() == token.token_id()) continue;
    others.push_back(
        absl::StrCat(Quoted(likely.piece()), " ", Probability(likely)));
  }
  std::string text = Quoted(token.piece());
  const auto padding = kPieceWidth - DisplayWidth(text);
  if (padding > 0) text.append(static_cast<size_t>(padding), ' ');
  absl::StrAppendFormat(&text, " %8s", Probability(token));
  if (!others.empty()) {
    absl::StrAppend(&text, "   ", absl::StrJoin(others, ", "));
  }
  return text;
}

}  // namespace hwledger
