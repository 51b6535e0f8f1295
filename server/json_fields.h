#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json_fwd.hpp"

namespace hwledger {

// The fields of a JSON object that a client sent; one that is null is absent.
// Errors are FieldErrors by where the field stands: "messages[0].role".
class JsonFields {
 public:
  // `object` outlives this. `place`: where it stands; empty at the top.
  explicit JsonFields(const nlohmann::json& object,
                      const std::string& place = "")
      : object_(object), place_(place) {}

  // Null where it is absent.
  const nlohmann::json* Find(std::string_view name) const;
  std::string PlaceOf(std::string_view name) const;

  absl::StatusOr<std::optional<std::string>> Text(std::string_view name) const;
  absl::StatusOr<std::optional<double>> Number(std::string_view name) const;
  absl::StatusOr<std::optional<int64_t>> Integer(std::string_view name) const;
  absl::StatusOr<std::optional<int32_t>> SmallInteger(
      std::string_view name) const;
  absl::StatusOr<bool> Flag(std::string_view name) const;  // Absent: false.

 private:
  const nlohmann::json& object_;
  const std::string place_;
};

// FieldError: "must be a string; got 5", with the value cut short.
absl::Status MustBe(std::string_view place, std::string_view wanted,
                    const nlohmann::json& value);

}  // namespace hwledger
