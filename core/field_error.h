#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace hwledger {

// INVALID_ARGUMENT about one field of a request, by the contract's name for it:
// `message` follows the field's name, so ("sequence_length", "must be positive;
// got 0") reads as a sentence.
absl::Status FieldError(std::string_view field, std::string_view message);

// The same error where the field lies in the field `parent` of a request. Other
// errors stay as they are.
absl::Status WithinField(std::string_view parent, const absl::Status& status);

// The field that an error is about, where it is about one.
std::optional<std::string> FieldOf(const absl::Status& status);

}  // namespace hwledger
