#pragma once

#include <cassert>
#include <compare>
#include <cstdint>
#include <limits>

namespace hwledger {

// An amount of memory. Arithmetic saturates at Max(): an amount too large to
// represent fits nowhere, so callers need no overflow checks of their own, even
// for sizes that come from a hostile file.
class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr explicit Bytes(int64_t count) : count_(count) {
    assert(count >= 0);
  }
  static constexpr Bytes Max() {
    return Bytes(std::numeric_limits<int64_t>::max());
  }

  constexpr int64_t count() const { return count_; }
  // Whole MiB, rounded down.
  constexpr int64_t mebibytes() const { return count_ >> 20; }

  friend constexpr auto operator<=>(Bytes, Bytes) = default;

  friend constexpr Bytes operator+(Bytes a, Bytes b) {
    return a.count_ > Max().count_ - b.count_ ? Max()
                                              : Bytes(a.count_ + b.count_);
  }
  constexpr Bytes& operator+=(Bytes other) { return *this = *this + other; }

  // The difference, and nothing where `b` is the larger.
  friend constexpr Bytes operator-(Bytes a, Bytes b) {
    return a.count_ > b.count_ ? Bytes(a.count_ - b.count_) : Bytes();
  }

  friend constexpr Bytes operator*(int64_t times, Bytes size) {
    assert(times >= 0);
    int64_t product = 0;
    return __builtin_mul_overflow(times, size.count_, &product)
               ? Max()
               : Bytes(product);
  }

  // How many whole `part`s `whole` can hold.
  friend constexpr int64_t operator/(Bytes whole, Bytes part) {
    assert(part > Bytes());
    return whole.count_ / part.count_;
  }

 private:
  int64_t count_ = 0;
};

constexpr Bytes KiB(int64_t n) { return n * Bytes(int64_t{1} << 10); }
constexpr Bytes MiB(int64_t n) { return n * Bytes(int64_t{1} << 20); }
constexpr Bytes GiB(int64_t n) { return n * Bytes(int64_t{1} << 30); }

}  // namespace hwledger
