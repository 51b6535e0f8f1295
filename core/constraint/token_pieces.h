#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hwledger {

// The tokens of a model by the text that each stands for.
class TokenPieces {
 public:
  // `pieces` by token. One that stands for nothing is empty.
  TokenPieces(std::vector<std::string> pieces, std::vector<bool> ends_text);

  int64_t size() const { return std::ssize(pieces_); }
  std::string_view piece(int64_t token) const {
    return pieces_[static_cast<size_t>(token)];
  }
  bool ends_text(int64_t token) const {
    return ends_text_[static_cast<size_t>(token)];
  }

  // Those that stand for something, in the order of their bytes.
  struct Entry {
    int32_t token = 0;
    int32_t shared_bytes = 0;  // With the one before, from the start.
  };
  const std::vector<Entry>& in_order() const { return in_order_; }

 private:
  std::vector<std::string> pieces_;
  std::vector<bool> ends_text_;
  std::vector<Entry> in_order_;
};

}  // namespace hwledger
