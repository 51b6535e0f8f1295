#include "clients/qt/fake/script.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"

namespace hwledger {
namespace {

using Json = nlohmann::json;

template <typename Message>
absl::Status ReadMessage(const Json& json, Message& message) {
  if (google::protobuf::util::JsonStringToMessage(json.dump(), &message).ok()) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat(
      "the script has no ", message.GetTypeName(), " but ", json.dump()));
}

template <typename Message>
absl::Status ReadField(const Json& script, const char* name, Message& message) {
  return ReadMessage(script.value(name, Json::object()), message);
}

// The messages in the list `name` of `script`.
template <typename Message>
absl::Status ReadList(const Json& script, const char* name,
                      std::vector<Message>& messages) {
  for (const Json& element : script.value(name, Json::array())) {
    ABSL_RETURN_IF_ERROR(ReadMessage(element, messages.emplace_back()));
  }
  if (!messages.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the script has no ", name));
}

// How unlike two amounts are: 1 where one is twice the other.
double Octaves(int64_t a, int64_t b) {
  const auto at_least_one = [](int64_t amount) {
    return static_cast<double>(std::max<int64_t>(amount, 1));
  };
  return std::abs(std::log2(at_least_one(a) / at_least_one(b)));
}

double Distance(const v1::EstimateVramRequest& a,
                const v1::EstimateVramRequest& b) {
  // What is stored otherwise is further off than any recorded context.
  constexpr double other_type = 100;
  double distance = Octaves(a.sequence_length(), b.sequence_length()) +
                    Octaves(a.batch_size(), b.batch_size());
  if (a.quantization() != b.quantization()) distance += other_type;
  if (a.kv_cache_type_k() != b.kv_cache_type_k()) distance += other_type;
  return distance;
}

bool SameDevices(const v1::EstimateVramRequest& a,
                 const v1::EstimateVramRequest& b) {
  return std::ranges::equal(
      a.devices(), b.devices(), {},
      [](const v1::DeviceSpec& device) { return device.name(); },
      [](const v1::DeviceSpec& device) { return device.name(); });
}

}  // namespace

absl::StatusOr<Script> Script::Read(std::string_view json,
                                    std::string_view answer_markdown) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return absl::InternalError("the script is no JSON");
  Script script;
  script.answer_markdown = answer_markdown;
  for (const Json& planned : parsed.value("predictions", Json::array())) {
    Planned& read = script.predictions.emplace_back();
    ABSL_RETURN_IF_ERROR(ReadField(planned, "request", read.request));
    ABSL_RETURN_IF_ERROR(ReadField(planned, "prediction", read.prediction));
  }
  for (const Json& load : parsed.value("loads", Json::array())) {
    Load& read = script.loads.emplace_back();
    read.model_id = load.value("modelId", "");
    ABSL_RETURN_IF_ERROR(ReadList(load, "events", read.events));
  }
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "models", script.models));
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "presets", script.presets));
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "watch", script.watch));
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "generation", script.generation));
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "entries", script.entries));
  ABSL_RETURN_IF_ERROR(ReadList(parsed, "generations", script.generations));
  ABSL_RETURN_IF_ERROR(ReadField(parsed, "devices", script.devices));
  ABSL_RETURN_IF_ERROR(ReadField(parsed, "accuracy", script.accuracy));
  return script;
}

const v1::MemoryPrediction* Script::NearestPrediction(
    const v1::EstimateVramRequest& request) const {
  const v1::MemoryPrediction* nearest = nullptr;
  double nearest_distance = std::numeric_limits<double>::infinity();
  for (const Planned& planned : predictions) {
    if (planned.request.model_id() != request.model_id()) continue;
    if (!SameDevices(planned.request, request)) continue;
    const double distance = Distance(planned.request, request);
    if (distance < nearest_distance) {
      nearest = &planned.prediction;
      nearest_distance = distance;
    }
  }
  return nearest;
}

const v1::Model* Script::FindModel(std::string_view model_id) const {
  const auto found = std::ranges::find(models, model_id, &v1::Model::model_id);
  return found == models.end() ? nullptr : &*found;
}

const Script::Load* Script::FindLoad(std::string_view model_id) const {
  const auto found = std::ranges::find(loads, model_id, &Load::model_id);
  return found == loads.end() ? nullptr : &*found;
}

}  // namespace hwledger
