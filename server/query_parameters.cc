#include "server/query_parameters.h"

#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace hwledger {
absl::StatusOr<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string byte;
    if (text[i] != '%') {
      decoded += text[i];
    } else if (i + 2 < text.size() &&
               absl::HexStringToBytes(text.substr(i + 1, 2), &byte)) {
      decoded += byte;
      i += 2;
    } else {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"%\" must be followed by two hexadecimal digits; got \"", text,
          "\""));
    }
  }
  return decoded;
}

absl::StatusOr<std::map<std::string, std::string, std::less<>>>
ParseQueryParameters(std::string_view query) {
  std::map<std::string, std::string, std::less<>> parameters;
  const std::string spaced = absl::StrReplaceAll(query, {{"+", " "}});
  for (std::string_view part : absl::StrSplit(spaced, '&', absl::SkipEmpty())) {
    const size_t equals = part.find('=');
    ABSL_ASSIGN_OR_RETURN(std::string name,
                          PercentDecoded(part.substr(0, equals)));
    std::string value;
    if (equals != part.npos) {
      ABSL_ASSIGN_OR_RETURN(value, PercentDecoded(part.substr(equals + 1)));
    }
    parameters[std::move(name)] = std::move(value);
  }
  return parameters;
}

}  // namespace hwledger
