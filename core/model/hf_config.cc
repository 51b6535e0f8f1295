#include "core/model/hf_config.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/model/shallow_json.h"

namespace hwledger {
namespace {

// What older models call by other names than all others.
constexpr std::pair<std::string_view, std::string_view> kOldNames[] = {
    {"d_model", "hidden_size"},
    {"ffn_hidden_size", "intermediate_size"},
    {"max_context_length", "max_position_embeddings"},
    {"max_seq_len", "max_position_embeddings"},
    {"model_dim", "hidden_size"},
    {"n_embd", "hidden_size"},
    {"n_embed", "hidden_size"},
    {"n_head", "num_attention_heads"},
    {"n_heads", "num_attention_heads"},
    {"n_inner", "intermediate_size"},
    {"n_layer", "num_hidden_layers"},
    {"n_layers", "num_hidden_layers"},
    {"n_positions", "max_position_embeddings"},
    {"num_layers", "num_hidden_layers"},
    {"num_transformer_layers", "num_hidden_layers"},
    {"rope_freq_constant", "rope_theta"},
    {"seq_length", "max_position_embeddings"},
};

}  // namespace

absl::StatusOr<HfConfig> HfConfig::Parse(std::string_view json) {
  constexpr std::string_view rule = "a model's config must be a JSON object";
  absl::StatusOr<nlohmann::json> config = ParseShallowJson(json);
  if (!config.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(rule, ": ", config.status().message()));
  }
  if (!config->is_object()) return absl::InvalidArgumentError(rule);
  HfConfig text(*std::move(config));
  if (text.Has("text_config")) text = text.Part("text_config");
  for (const auto& [old_name, name] : kOldNames) {
    if (!text.Has(name) && text.Has(old_name)) {
      text.json_[name] = text.json_[old_name];
    }
  }
  return text;
}

void HfConfig::SetDefault(std::string_view key, int64_t count) {
  if (!Has(key)) json_[key] = count;
}

bool HfConfig::Has(std::string_view key) const {
  const auto found = json_.find(key);
  return found != json_.end() && !found->is_null();
}

bool HfConfig::HasList(std::string_view key) const {
  return Has(key) && json_[key].is_array();
}

int64_t HfConfig::CountFrom(int64_t least, std::string_view key) {
  if (Has(key) && json_[key].is_number_integer()) {
    const auto count = json_[key].get<int64_t>();
    if (count >= least && count <= kCountMax) return count;
  }
  Refuse(key, absl::StrCat("a whole number from ", least, " to ", kCountMax));
  return least;
}

int64_t HfConfig::Count(std::string_view key) { return CountFrom(1, key); }

int64_t HfConfig::CountOr(std::string_view key, int64_t fallback) {
  return Has(key) ? CountFrom(1, key) : fallback;
}

int64_t HfConfig::CountOrNone(std::string_view key) {
  return Has(key) ? CountFrom(0, key) : 0;
}

int64_t HfConfig::CountOfAny(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (Has(key)) return Count(key);
  }
  return Count(*keys.begin());
}

int64_t HfConfig::CountOfAnyForAll(
    std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    if (!Has(key)) continue;
    const nlohmann::json& value = json_[key];
    const bool is_list =
        value.is_array() && !value.empty() &&
        std::ranges::all_of(value, [&](const nlohmann::json& element) {
          return element == value.front();
        });
    if (is_list) json_[key] = nlohmann::json(value.front());
    return Count(key);
  }
  return Count(*keys.begin());
}

std::vector<int64_t> HfConfig::Counts(std::string_view key, int64_t count) {
  std::vector<int64_t> counts;
  if (Has(key)) {
    for (const nlohmann::json& element : json_[key]) {
      if (!element.is_number_integer()) continue;
      const auto value = element.get<int64_t>();
      if (value >= 0 && value <= kCountMax) counts.push_back(value);
    }
  }
  if (static_cast<int64_t>(counts.size()) != count) {
    Refuse(key, absl::StrCat("a list of ", count, " whole numbers"));
    counts.resize(static_cast<size_t>(count));
  }
  return counts;
}

double HfConfig::RealOr(std::string_view key, double fallback) {
  if (!Has(key)) return fallback;
  if (json_[key].is_number()) return json_[key].get<double>();
  Refuse(key, "a number");
  return fallback;
}

bool HfConfig::FlagOr(std::string_view key, bool fallback) {
  if (!Has(key)) return fallback;
  if (json_[key].is_boolean()) return json_[key].get<bool>();
  Refuse(key, "true or false");
  return fallback;
}

std::string HfConfig::TextOr(std::string_view key, std::string_view fallback) {
  if (!Has(key)) return std::string(fallback);
  if (json_[key].is_string()) return json_[key].get<std::string>();
  Refuse(key, "text");
  return std::string(fallback);
}

std::string HfConfig::Letters(std::string_view key, int64_t count) {
  std::string text = TextOr(key, "");
  if (std::ssize(text) != count) {
    Refuse(key, absl::StrCat("a text of ", count, " letters"));
    text.resize(static_cast<size_t>(count));
  }
  return text;
}

std::vector<std::string> HfConfig::Texts(std::string_view key, int64_t count) {
  std::vector<std::string> texts;
  if (Has(key)) {
    for (const nlohmann::json& element : json_[key]) {
      if (element.is_string()) texts.push_back(element.get<std::string>());
    }
  }
  if (static_cast<int64_t>(texts.size()) != count) {
    Refuse(key, absl::StrCat("a list of ", count, " texts"));
    texts.resize(static_cast<size_t>(count));
  }
  return texts;
}

std::vector<double> HfConfig::Reals(std::string_view key, int64_t count) {
  std::vector<double> numbers;
  if (Has(key)) {
    for (const nlohmann::json& element : json_[key]) {
      if (!element.is_number()) continue;
      const auto number = element.get<double>();
      if (number >= 0 && number <= kCountMax) numbers.push_back(number);
    }
  }
  if (static_cast<int64_t>(numbers.size()) != count) {
    Refuse(key, absl::StrCat("a list of ", count, " numbers"));
    numbers.resize(static_cast<size_t>(count));
  }
  return numbers;
}

std::vector<HfConfig> HfConfig::Parts(std::string_view key, int64_t count) {
  std::vector<HfConfig> parts;
  if (Has(key)) {
    for (const nlohmann::json& element : json_[key]) {
      if (element.is_object()) parts.push_back(HfConfig(element));
    }
  }
  if (static_cast<int64_t>(parts.size()) != count) {
    Refuse(key, absl::StrCat("a list of ", count, " objects"));
    parts.resize(static_cast<size_t>(count),
                 HfConfig(nlohmann::json::object()));
  }
  return parts;
}

std::vector<int64_t> HfConfig::Counts(std::string_view key) {
  std::vector<int64_t> counts;
  const nlohmann::json list = Has(key) ? json_[key] : nlohmann::json();
  for (const nlohmann::json& element : list) {
    if (!list.is_array() || !element.is_number_integer()) break;
    const auto count = element.get<int64_t>();
    if (count >= 0 && count <= kCountMax) counts.push_back(count);
  }
  if (!list.is_array() || counts.size() != list.size()) {
    Refuse(key, absl::StrCat("a list of whole numbers from 0 to ", kCountMax));
  }
  return counts;
}

HfConfig HfConfig::Part(std::string_view key) const {
  return HfConfig(Has(key) && json_[key].is_object()
                      ? json_[key]
                      : nlohmann::json::object());
}

void HfConfig::Refuse(std::string_view key, std::string_view expected) {
  if (!status_.ok()) return;
  constexpr size_t shown_max = 80;
  const std::string found =
      Has(key) ? json_[key].dump(-1, ' ', /*ensure_ascii=*/true,
                                 nlohmann::json::error_handler_t::replace)
               : "nothing";
  status_ = absl::InvalidArgumentError(
      absl::StrCat("the model's config must have ", expected, " under '", key,
                   "'; got ", found.substr(0, shown_max)));
}

}  // namespace hwledger
