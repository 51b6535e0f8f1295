#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace hwledger {

// A config.json as Hugging Face stores it.
//
// A value that is missing, of another kind or out of range reads as the least
// that is allowed, and the first such is remembered: whoever reads many values
// asks status() once, at the end.
class HfConfig {
 public:
  // The text part where the model has several. What older models name
  // differently stands under today's names. InvalidArgument: not JSON, or not
  // an object.
  static absl::StatusOr<HfConfig> Parse(std::string_view json);

  // InvalidArgument, with the key and what it should have held.
  const absl::Status& status() const { return status_; }
  // What was wrong with a part is wrong with the whole.
  void Adopt(const absl::Status& part) { status_.Update(part); }

  // Whether a key stands there and is not null.
  bool Has(std::string_view key) const;
  bool HasList(std::string_view key) const;
  // What counts where it does not.
  void SetDefault(std::string_view key, int64_t count);

  // 1 to kCountMax.
  int64_t Count(std::string_view key);
  int64_t CountOr(std::string_view key, int64_t fallback);
  // 0 too, and 0 where the key is missing.
  int64_t CountOrNone(std::string_view key);
  // Of a count that models name differently: under the first key that is there.
  int64_t CountOfAny(std::initializer_list<std::string_view> keys);
  // The same, where it may also stand there once for every layer: a list of
  // equal counts.
  int64_t CountOfAnyForAll(std::initializer_list<std::string_view> keys);
  // A list of so many counts, 0 too.
  std::vector<int64_t> Counts(std::string_view key, int64_t count);
  double RealOr(std::string_view key, double fallback);
  bool FlagOr(std::string_view key, bool fallback);
  std::string TextOr(std::string_view key, std::string_view fallback);
  // A text of so many letters.
  std::string Letters(std::string_view key, int64_t count);
  // A list of so many texts.
  std::vector<std::string> Texts(std::string_view key, int64_t count);
  // A list of so many numbers from 0 to kCountMax.
  std::vector<double> Reals(std::string_view key, int64_t count);
  // A list of so many parts.
  std::vector<HfConfig> Parts(std::string_view key, int64_t count);
  // A list of whole numbers from 0 on, of any length.
  std::vector<int64_t> Counts(std::string_view key);
  // What stands under `key`; an empty config where nothing does.
  HfConfig Part(std::string_view key) const;

  // A few products and sums of counts stay within 64 bits.
  static constexpr int64_t kCountMax = int64_t{1} << 30;

 private:
  explicit HfConfig(nlohmann::json json) : json_(std::move(json)) {}
  int64_t CountFrom(int64_t least, std::string_view key);
  void Refuse(std::string_view key, std::string_view expected);

  nlohmann::json json_;
  absl::Status status_;
};

}  // namespace hwledger
