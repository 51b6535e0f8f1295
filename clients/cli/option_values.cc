#include "clients/cli/option_values.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace hwledger {

ValueCheck WholeNumber(int64_t least, int64_t most) {
  return [least, most](const std::string& text) -> std::string {
    int64_t number = 0;
    if (absl::SimpleAtoi(text, &number) && number >= least && number <= most) {
      return "";
    }
    const bool has_least = least > std::numeric_limits<int32_t>::min();
    return absl::StrCat(
        "must be a whole number",
        has_least ? absl::StrCat(" from ", least, " to ") : " up to ", most,
        "; got '", text, "'");
  };
}

ValueCheck AnyNumber() {
  return [](const std::string& text) -> std::string {
    double number = 0;
    if (absl::SimpleAtod(text, &number)) return "";
    return absl::StrCat("must be a number; got '", text, "'");
  };
}

void RefuseEmptyValues(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const bool is_named =
        option->nonpositional() || option->get_name(true) == "MODEL";
    if (!is_named || option->get_items_expected_max() == 0) continue;
    option->check([](const std::string& value) -> std::string {
      return value.empty() ? "must not be empty" : "";
    });
  }
  for (CLI::App* command : app.get_subcommands({})) {
    RefuseEmptyValues(*command);
  }
}

}  // namespace hwledger
