#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
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
  absl::StatusOr<bool> Flag(std::string_view name, bool absent = false) const;
  // Of one text or an array of them; absent: none.
  absl::StatusOr<std::vector<std::string>> Texts(std::string_view name) const;
  absl::StatusOr<std::optional<JsonFields>> Object(std::string_view name) const;

  // `read` takes each element of an array of objects; absent: none.
  absl::Status ForEach(
      std::string_view name,
      absl::FunctionRef<absl::Status(const JsonFields&)> read) const;

  // FieldError: "is not supported", where one of them asks for anything.
  absl::Status Refuse(std::initializer_list<std::string_view> names) const;

 private:
  const nlohmann::json& object_;
  const std::string place_;
};

// FieldError: "must be a string; got 5", with the value cut short.
absl::Status MustBe(std::string_view place, std::string_view wanted,
                    const nlohmann::json& value);

}  // namespace hwledger
