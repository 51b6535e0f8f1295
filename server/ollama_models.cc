#include "server/ollama_models.h"

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "boost/hash2/sha2.hpp"
#include "nlohmann/json.hpp"
#include "server/inference_convert.h"
#include "server/ollama_time.h"
#include "server/runnable_model.h"

namespace hwledger {
namespace {

using nlohmann::json;

// As the contract names models.
constexpr std::string_view kPrefix = "ollama:";
constexpr std::string_view kDemo = "demo";
constexpr std::string_view kLatest = ":latest";

// The name of main memory among devices.
constexpr std::string_view kMainMemory = "CPU";

bool HasTag(std::string_view name) {
  const size_t slash = name.rfind('/');
  return absl::StrContains(slash == name.npos ? name : name.substr(slash), ':');
}

// With the tag, so that a model is loaded under one name only.
std::string WithTag(std::string_view name) {
  return absl::StrCat(name, HasTag(name) ? "" : kLatest);
}

std::string DigestOf(std::string_view name, int64_t size) {
  const std::string text = absl::StrCat(name, "\n", size);
  boost::hash2::sha2_256 hash;
  hash.update(text.data(), text.size());
  return to_string(hash.result());
}

std::string ParameterSizeOf(int64_t count) {
  const auto real = static_cast<double>(count);
  if (count >= 1'000'000'000) return absl::StrFormat("%.1fB", real / 1e9);
  if (count >= 1'000'000) return absl::StrFormat("%.1fM", real / 1e6);
  if (count >= 1'000) return absl::StrFormat("%.0fK", real / 1e3);
  return count == 0 ? "" : absl::StrCat(count);
}

json DetailsOf(const v1::Model& model) {
  json families = json::array();
  if (!model.architecture().empty()) families.push_back(model.architecture());
  return {{"parent_model", ""},
          {"format", "gguf"},
          {"family", model.architecture()},
          {"families", std::move(families)},
          {"parameter_size", ParameterSizeOf(model.parameter_count())},
          {"quantization_level", model.quantization()}};
}

// Encoders only embed, and their names say what they are; whether a template
// has a place for tools or thoughts the contract does not tell.
json CapabilitiesOf(const std::string& architecture) {
  const bool only_embeds = absl::StrContains(architecture, "bert") ||
                           absl::EndsWith(architecture, "-embedding") ||
                           absl::EndsWith(architecture, "encoder");
  return json::array({only_embeds ? "embedding" : "completion"});
}

json NamesOf(const std::string& model_id, int64_t size) {
  const std::string name = OllamaNameOf(model_id);
  return {{"name", name}, {"model", name}, {"digest", DigestOf(name, size)}};
}

// Of what was measured.
int64_t BytesOnGpus(const v1::LedgerEntry& load) {
  int64_t bytes = 0;
  for (const v1::LedgerDevice& device : load.devices()) {
    if (device.name() == kMainMemory) continue;
    for (const v1::LedgerTerm& term : device.terms()) {
      bytes += term.measured_bytes();
    }
  }
  return bytes;
}

// One that stays has a date all the same: as theirs, 292 years from now.
absl::Time ExpiryOf(const v1::LoadedModel& loaded, absl::Time now) {
  if (loaded.has_idle_time_left()) {
    return now + FromProto(loaded.idle_time_left());
  }
  if (loaded.has_idle_ttl() && !loaded.pinned()) {
    return now + FromProto(loaded.idle_ttl());
  }
  return now + absl::Nanoseconds(std::numeric_limits<int64_t>::max());
}

}  // namespace

std::vector<std::string> OllamaModelIds(std::string_view name) {
  if (absl::StartsWith(name, kPrefix)) {
    name.remove_prefix(kPrefix.size());
    return {absl::StrCat(kPrefix, WithTag(name))};
  }
  const std::string_view untagged = absl::StripSuffix(name, kLatest);
  if (untagged == kDemo || absl::StartsWith(untagged, "/")) {
    return {std::string(untagged)};
  }
  std::string as_ollamas = absl::StrCat(kPrefix, WithTag(name));
  // A repository, sooner than a namespace of ollama's.
  if (absl::StrContains(untagged, '/')) {
    return {std::string(untagged), std::move(as_ollamas)};
  }
  return {std::move(as_ollamas), std::string(untagged)};
}

std::string OllamaNameOf(std::string_view model_id) {
  return std::string(absl::StripPrefix(model_id, kPrefix));
}

json ToOllamaTags(const v1::ListModelsResponse& response) {
  json models = json::array();
  for (const v1::Model& model : response.models()) {
    if (!IsRunnable(model)) continue;
    const int64_t size = model.size_on_disk_bytes();
    json entry = NamesOf(model.model_id(), size);
    entry["size"] = size;
    entry["details"] = DetailsOf(model);
    models.push_back(std::move(entry));
  }
  return {{"models", std::move(models)}};
}

json ToOllamaShow(const v1::Model& model) {
  json model_info = json::object();
  if (const std::string& architecture = model.architecture();
      !architecture.empty()) {
    model_info["general.architecture"] = architecture;
    if (model.max_sequence_length() > 0) {
      model_info[absl::StrCat(architecture, ".context_length")] =
          model.max_sequence_length();
    }
  }
  if (model.parameter_count() > 0) {
    model_info["general.parameter_count"] = model.parameter_count();
  }
  return {{"details", DetailsOf(model)},
          {"model_info", std::move(model_info)},
          {"capabilities", CapabilitiesOf(model.architecture())}};
}

json ToOllamaProcess(const OllamaProcess& process, absl::Time now) {
  const v1::LoadedModel& loaded = process.loaded;
  const v1::Model model = process.model.value_or(v1::Model());
  json entry = NamesOf(loaded.model_id(), model.size_on_disk_bytes());
  entry["size"] = loaded.memory().measured_bytes();
  if (process.load) entry["size_vram"] = BytesOnGpus(*process.load);
  entry["details"] = DetailsOf(model);
  entry["expires_at"] = OllamaTime(ExpiryOf(loaded, now));
  entry["context_length"] = loaded.sequence_length();
  return entry;
}

}  // namespace hwledger
