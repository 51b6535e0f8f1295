#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

constexpr int kDepthMax = 64;

}  // namespace

nlohmann::json ParseShallowJson(std::string_view text) {
  using nlohmann::json;
  bool is_shallow = true;
  const auto check = [&is_shallow](int depth, json::parse_event_t /*event*/,
                                   json& /*value*/) {
    is_shallow = is_shallow && depth <= kDepthMax;
    return is_shallow;
  };
  json parsed = json::parse(text, check, /*allow_exceptions=*/false);
  return is_shallow ? parsed : json(json::value_t::discarded);
}

}  // namespace hwledger
