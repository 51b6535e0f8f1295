#include "core/engine/adapter_scale.h"

#include <set>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

constexpr double kScaleMax = 10;

std::string Field(size_t index, std::string_view name) {
  return absl::StrFormat("lora_adapters[%d].%s", index, name);
}

}  // namespace

absl::Status Validate(absl::Span<const AdapterScale> adapters) {
  std::set<std::string_view> paths;
  for (size_t i = 0; i < adapters.size(); ++i) {
    const AdapterScale& adapter = adapters[i];
    if (!adapter.path.starts_with('/')) {
      return FieldError(
          Field(i, "path"),
          absl::StrCat("must be an absolute path; got \"", adapter.path, "\""));
    }
    if (!paths.insert(adapter.path).second) {
      return FieldError(
          Field(i, "path"),
          absl::StrCat("must come once; got \"", adapter.path, "\" twice"));
    }
    const bool in_range = adapter.scale >= 0 && adapter.scale <= kScaleMax;
    if (!in_range) {  // NaN is in no range.
      return FieldError(Field(i, "scale"),
                        absl::StrFormat("must be between 0 and %g; got %g",
                                        kScaleMax, adapter.scale));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> ScalesOf(
    absl::Span<const AdapterScale> asked,
    absl::Span<const AdapterScale> loaded) {
  const auto all_of = asked.empty() ? loaded : asked;
  std::vector<float> scales(loaded.size(), 0);
  for (size_t i = 0; i < all_of.size(); ++i) {
    const auto found = absl::c_find_if(loaded, [&](const AdapterScale& one) {
      return one.path == all_of[i].path;
    });
    if (found == loaded.end()) {
      return FieldError(
          Field(i, "path"),
          absl::StrCat("must be an adapter that the model was loaded with (",
                       loaded.empty()
                           ? "none"
                           : absl::StrJoin(
                                 loaded, ", ",
                                 [](std::string* out, const AdapterScale& one) {
                                   out->append(one.path);
                                 }),
                       "); got \"", all_of[i].path, "\""));
    }
    scales[static_cast<size_t>(found - loaded.begin())] =
        static_cast<float>(all_of[i].scale);
  }
  return scales;
}

}  // namespace hwledger
