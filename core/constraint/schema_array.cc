#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/gbnf.h"
#include "core/constraint/schema_conversion.h"

namespace hwledger {
namespace {

// Each is written out.
constexpr int64_t kItemsMax = 1000;

struct Items {
  std::vector<std::string> first;  // The rules of the first ones.
  std::string other;               // Of each after these. Empty: there is none.
  int64_t count_min = 0;
  std::optional<int64_t> count_max;
};

absl::StatusOr<Items> ItemsOf(SchemaConversion& conversion,
                              const SchemaPlace& place) {
  const auto count = [&](std::string_view keyword) {
    const SchemaJson* value = FindKeyword(place.schema, keyword);
    return value == nullptr ? std::nullopt
                            : std::optional(value->get<int64_t>());
  };
  Items items = {.count_min = count("minItems").value_or(0),
                 .count_max = count("maxItems")};
  if (items.count_min > kItemsMax) {
    return SchemaError(
        absl::StrFormat("has a \"minItems\" above %d", kItemsMax), place.path);
  }
  if (items.count_max && *items.count_max < items.count_min) {
    return SchemaError("has a \"maxItems\" below its \"minItems\"", place.path);
  }
  // A list in "items" is what "prefixItems" is today, beside "additionalItems".
  const SchemaJson* other = FindKeyword(place.schema, "items");
  const SchemaJson* first = FindKeyword(place.schema, "prefixItems");
  std::string other_keyword = "items";
  std::string first_keyword = "prefixItems";
  if (other != nullptr && other->is_array()) {
    first = std::exchange(other, FindKeyword(place.schema, "additionalItems"));
    first_keyword = std::exchange(other_keyword, "additionalItems");
  }
  for (size_t i = 0; first != nullptr && i < first->size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(
        items.first.emplace_back(),
        conversion.Rule(
            {.schema = (*first)[i],
             .path = absl::StrCat(place.path, "/", first_keyword, "/", i)}));
  }
  const bool is_open = other != nullptr || first == nullptr ||
                       items.count_min > std::ssize(items.first);
  const SchemaJson any = true;
  const SchemaJson& schema = other == nullptr ? any : *other;
  if (is_open && schema != false) {
    ABSL_ASSIGN_OR_RETURN(
        items.other, conversion.Rule({.schema = schema,
                                      .path = absl::StrCat(place.path, "/",
                                                           other_keyword)}));
  }
  return items;
}

}  // namespace

absl::StatusOr<std::string> ArrayBody(SchemaConversion& conversion,
                                      const SchemaPlace& place) {
  ABSL_ASSIGN_OR_RETURN(const Items items, ItemsOf(conversion, place));
  SchemaRules& rules = conversion.rules();
  const std::string comma = absl::StrCat("\",\" ", rules.Space(), " ");
  const int64_t first_count = std::ssize(items.first);
  const int64_t count_max =
      items.count_max.value_or(std::numeric_limits<int64_t>::max());
  if (items.other.empty() && items.count_min > first_count) {
    return SchemaError("has a \"minItems\" above the number of its items",
                       place.path);
  }
  // From the last item to the first: what may follow where an item stands
  // before it.
  std::string rest = "\"\"";
  if (!items.other.empty() && count_max > first_count) {
    // The very first one has no comma before it.
    const int64_t before = std::max<int64_t>(first_count, 1);
    std::optional<int64_t> more;
    if (items.count_max) more = std::min(count_max, kItemsMax) - before;
    rest = GbnfRepeated(absl::StrCat("(", comma, items.other, ")"),
                        std::max<int64_t>(items.count_min - before, 0), more);
  }
  std::string first = items.other;
  for (int64_t i = std::min(first_count, count_max); i-- > 0;) {
    first = items.first[static_cast<size_t>(i)];
    if (i == 0) break;
    const bool required = i < items.count_min;
    rest = rules.Add(absl::StrFormat("(%s%s %s)%s", comma, first, rest,
                                     required ? "" : "?"));
  }
  if (first.empty() || count_max == 0) {
    return absl::StrFormat("\"[\" %s \"]\"", rules.Space());
  }
  return absl::StrFormat("\"[\" %s (%s %s)%s %s \"]\"", rules.Space(), first,
                         rest, items.count_min == 0 ? "?" : "", rules.Space());
}

}  // namespace hwledger
