#include "core/constraint/token_pieces.h"

#include <algorithm>
#include <utility>

namespace hwledger {
namespace {

int32_t SharedBytes(std::string_view a, std::string_view b) {
  const auto [end, other_end] = std::ranges::mismatch(a, b);
  return static_cast<int32_t>(end - a.begin());
}

}  // namespace

TokenPieces::TokenPieces(std::vector<std::string> pieces,
                         std::vector<bool> ends_text)
    : pieces_(std::move(pieces)), ends_text_(std::move(ends_text)) {
  for (int64_t token = 0; token < size(); ++token) {
    if (piece(token).empty() || this->ends_text(token)) continue;
    in_order_.push_back({.token = static_cast<int32_t>(token)});
  }
  std::ranges::sort(in_order_, [&](const Entry& a, const Entry& b) {
    return piece(a.token) < piece(b.token);
  });
  for (size_t i = 1; i < in_order_.size(); ++i) {
    in_order_[i].shared_bytes =
        SharedBytes(piece(in_order_[i - 1].token), piece(in_order_[i].token));
  }
}

}  // namespace hwledger
