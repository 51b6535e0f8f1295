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

std::string Label(std::string_view name, std::string_view value) {
  return absl::StrCat(
      "{", name, "=\"",
      absl::StrReplaceAll(value,
                          {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}}),
      "\"}");
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
      absl::StrAppend(&text, name, Label("model", model.model_id()), " ",
                      *value, "\n");
    }
  }
}

void AppendDevices(const v1::ListDevicesResponse& devices, std::string& text) {
  AppendHead("hwledger_device_total_bytes", "gauge", "Memory of a device.",
             text);
  for (const v1::Device& device : devices.devices()) {
    if (!device.has_total_bytes()) continue;
    absl::StrAppend(&text, "hwledger_device_total_bytes",
                    Label("device", device.name()), " ", device.total_bytes(),
                    "\n");
  }
  AppendHead("hwledger_device_free_bytes", "gauge",
             "Memory of a device that a model may use now.", text);
  for (const v1::Device& device : devices.devices()) {
    if (!device.has_free_bytes()) continue;
    absl::StrAppend(&text, "hwledger_device_free_bytes",
                    Label("device", device.name()), " ", device.free_bytes(),
                    "\n");
  }
}

}  // namespace

std::string MetricsText(const v1::ListLoadedModelsResponse& loaded,
                        const v1::ListDevicesResponse& devices) {
  std::string text;
  AppendModels(loaded, text);
  AppendDevices(devices, text);
  return text;
}

}  // namespace hwledger
