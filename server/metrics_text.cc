#include "server/metrics_text.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace hwledger {
namespace {

struct ModelMetric {
  std::string_view name;
  std::string_view type;
  std::string_view help;
  std::optional<int64_t> (*value)(const v1::LoadedModel& model);
};

constexpr ModelMetric kModelMetrics[] = {
    {"generations_started_total", "counter", "Generations that came.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().started_count();
     }},
    {"generations_finished_total", "counter",
     "Generations that were completed.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().finished_count();
     }},
    {"generations_cancelled_total", "counter",
     "Generations that were cancelled by the client or an unload.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().cancelled_count();
     }},
    {"generations_failed_total", "counter",
     "Generations that failed or were refused.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().failed_count();
     }},
    {"prompt_tokens_total", "counter", "Tokens of prompts.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().prompt_tokens();
     }},
    {"cached_prompt_tokens_total", "counter",
     "Tokens of prompts that were not computed again.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().cached_prompt_tokens();
     }},
    {"completion_tokens_total", "counter", "Tokens generated.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().completion_tokens();
     }},
    {"restarts_total", "counter",
     "Processes that were started after one had ended by itself.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.counts().restart_count();
     }},
    {"active_requests", "gauge", "Requests being generated.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.active_requests();
     }},
    {"queued_requests", "gauge", "Requests that wait.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.queued_requests();
     }},
    {"predicted_bytes", "gauge", "Memory that was predicted.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.memory().predicted_bytes();
     }},
    {"measured_bytes", "gauge", "Memory that the engine allocated.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       return model.memory().measured_bytes();
     }},
    {"resident_bytes", "gauge", "Resident memory of the model's process.",
     [](const v1::LoadedModel& model) -> std::optional<int64_t> {
       if (!model.memory().has_resident_bytes()) return std::nullopt;
       return model.memory().resident_bytes();
     }},
};

struct ModelHistogram {
  std::string_view name;
  std::string_view help;
  const v1::TimeHistogram& (v1::ModelCounts::*times)() const;
};

constexpr ModelHistogram kModelHistograms[] = {
    {"queue_seconds", "How long completed generations waited.",
     &v1::ModelCounts::queue_times},
    {"time_to_first_token_seconds",
     "From the arrival of a generation to its first text.",
     &v1::ModelCounts::times_to_first_token},
    {"inter_token_seconds", "From one piece of a text to the next, by token.",
     &v1::ModelCounts::token_times},
};

struct DeviceMetric {
  std::string_view name;
  std::string_view help;
  std::optional<int64_t> (*value)(const v1::Device& device);
};

constexpr DeviceMetric kDeviceMetrics[] = {
    {"device_total_bytes", "Memory of a device.",
     [](const v1::Device& device) -> std::optional<int64_t> {
       if (!device.has_total_bytes()) return std::nullopt;
       return device.total_bytes();
     }},
    {"device_free_bytes", "Memory of a device that a model may use now.",
     [](const v1::Device& device) -> std::optional<int64_t> {
       if (!device.has_free_bytes()) return std::nullopt;
       return device.free_bytes();
     }},
};

std::string Label(std::string_view name, std::string_view value) {
  return absl::StrCat(
      name, "=\"",
      absl::StrReplaceAll(value,
                          {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
      "\"");
}

template <typename Value>
void AppendSample(std::string_view name, std::string_view labels, Value value,
                  std::string& text) {
  absl::StrAppend(&text, name, "{", labels, "} ", value, "\n");
}

void AppendHead(std::string_view name, std::string_view type,
                std::string_view help, std::string& text) {
  absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                  type, "\n");
}

void AppendModels(const v1::ListLoadedModelsResponse& loaded,
                  std::string& text) {
  AppendHead("hwledger_loaded_models", "gauge", "Models in memory.", text);
  absl::StrAppend(&text, "hwledger_loaded_models ", loaded.models_size(), "\n");
  for (const ModelMetric& metric : kModelMetrics) {
    const std::string name = absl::StrCat("hwledger_", metric.name);
    AppendHead(name, metric.type, metric.help, text);
    for (const v1::LoadedModel& model : loaded.models()) {
      const std::optional<int64_t> value = metric.value(model);
      if (!value) continue;
      AppendSample(name, Label("model", model.model_id()), *value, text);
    }
  }
}

// Each bucket counts those of the buckets before it, too.
void AppendBuckets(std::string_view name, const std::string& labels,
                   const v1::TimeHistogram& times, std::string& text) {
  const std::string bucket = absl::StrCat(name, "_bucket");
  int64_t count = 0;
  for (int i = 0; i < times.counts_size(); ++i) {
    count += times.counts(i);
    const std::string bound = i < times.bounds_seconds_size()
                                  ? absl::StrCat(times.bounds_seconds(i))
                                  : "+Inf";
    AppendSample(bucket, absl::StrCat(labels, ",", Label("le", bound)), count,
                 text);
  }
  AppendSample(absl::StrCat(name, "_sum"), labels, times.sum_seconds(), text);
  AppendSample(absl::StrCat(name, "_count"), labels, count, text);
}

void AppendHistograms(const v1::ListLoadedModelsResponse& loaded,
                      std::string& text) {
  for (const ModelHistogram& histogram : kModelHistograms) {
    const std::string name = absl::StrCat("hwledger_", histogram.name);
    AppendHead(name, "histogram", histogram.help, text);
    for (const v1::LoadedModel& model : loaded.models()) {
      AppendBuckets(name, Label("model", model.model_id()),
                    (model.counts().*histogram.times)(), text);
    }
  }
}

void AppendDevices(const v1::ListDevicesResponse& devices, std::string& text) {
  for (const DeviceMetric& metric : kDeviceMetrics) {
    const std::string name = absl::StrCat("hwledger_", metric.name);
    AppendHead(name, "gauge", metric.help, text);
    for (const v1::Device& device : devices.devices()) {
      const std::optional<int64_t> value = metric.value(device);
      if (!value) continue;
      AppendSample(name, Label("device", device.name()), *value, text);
    }
  }
}

}  // namespace

std::string MetricsText(const v1::ListLoadedModelsResponse& loaded,
                        const v1::ListDevicesResponse& devices) {
  std::string text;
  AppendModels(loaded, text);
  AppendHistograms(loaded, text);
  AppendDevices(devices, text);
  return text;
}

}  // namespace hwledger
