#include "clients/cli/plan_view.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/additions_view.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/paragraph.h"
#include "clients/cli/speed_view.h"
#include "clients/cli/table.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/units.h"

namespace hwledger {
namespace {

Paint VerdictPaint(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_FITS:
      return Paint::kGreen;
    case v1::VERDICT_TIGHT:
      return Paint::kYellow;
    case v1::VERDICT_DOES_NOT_FIT:
      return Paint::kRed;
    default:
      return Paint::kNone;
  }
}

std::string_view VerdictWord(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_FITS:
      return "yes";
    case v1::VERDICT_TIGHT:
      return "tight";
    case v1::VERDICT_DOES_NOT_FIT:
      return "no";
    default:
      return kUnknown;
  }
}

Cell VerdictCell(v1::Verdict verdict) {
  return {std::string(VerdictWord(verdict)), VerdictPaint(verdict)};
}

std::string FreeText(const v1::DevicePrediction& device) {
  return device.has_free_bytes() ? FormatBytes(device.free_bytes())
                                 : std::string(kUnknown);
}

// Whether what `device` has free is a part of what the CPU has.
bool IsPartOfHost(const v1::DevicePrediction& device,
                  const v1::MemoryPrediction& prediction) {
  const v1::DevicePrediction& host = prediction.devices(0);
  return device.kind() == v1::DEVICE_KIND_INTEGRATED_GPU &&
         host.kind() == v1::DEVICE_KIND_CPU && host.has_free_bytes() &&
         device.free_bytes() <= host.free_bytes();
}

// "24.0 GiB", "2 × 24.0 GiB", "24.0 GiB + 60.2 GiB"; "64.0 GiB (GPU: 48.0 GiB)"
// where the GPU takes its memory from the CPU's.
std::string FreeText(const v1::MemoryPrediction& prediction) {
  std::vector<std::pair<std::string, int>> groups;
  for (const v1::DevicePrediction& device : prediction.devices()) {
    std::string text = FreeText(device);
    if (IsPartOfHost(device, prediction)) {
      absl::StrAppend(&groups.front().first, " (GPU: ", text, ")");
      continue;
    }
    if (groups.empty() || groups.back().first != text) {
      groups.emplace_back(std::move(text), 0);
    }
    ++groups.back().second;
  }
  if (groups.empty()) return std::string(kUnknown);
  return absl::StrJoin(groups, " + ", [](std::string* out, const auto& group) {
    if (group.second > 1) absl::StrAppend(out, group.second, " × ");
    absl::StrAppend(out, group.first);
  });
}

Table DeviceTable(const v1::MemoryPrediction& prediction) {
  Table table({{.title = "Device", .align = Align::kLeft},
               {.title = "Layers", .leaves = 3},
               {.title = "Weights"},
               {.title = "KV cache"},
               {.title = "Compute", .leaves = 4},
               {.title = "Output", .leaves = 2},
               {.title = "Driver", .leaves = 1},
               {.title = "Total"},
               {.title = "Free"},
               {.title = "Fits", .align = Align::kLeft}});
  for (const v1::DevicePrediction& device : prediction.devices()) {
    table.AddRow({device.name(), absl::StrCat(device.layer_count()),
                  FormatBytes(device.weights_bytes()),
                  FormatBytes(device.kv_cache_bytes()),
                  FormatBytes(device.compute_buffer_bytes()),
                  FormatBytes(device.output_buffer_bytes()),
                  FormatBytes(device.backend_context_bytes()),
                  FormatBytes(device.total_bytes()), FreeText(device),
                  VerdictCell(device.verdict())});
  }
  return table;
}

// The end of the sentence below. No answer looks further than the model's
// maximum, though more may fit.
std::string LongestWords(const Plan& plan) {
  const v1::MemoryPrediction& prediction = plan.prediction;
  const int64_t longest = prediction.max_sequence_length();
  const std::string text = FormatContext(plan.request.batch_size(), longest);
  if (longest < prediction.model().max_sequence_length()) {
    return absl::StrCat("; the longest that fits is ", text, " tokens.");
  }
  if (longest < plan.request.sequence_length() &&
      prediction.verdict() != v1::VERDICT_DOES_NOT_FIT) {
    return absl::StrCat("; the model's own maximum is ", text, ".");
  }
  return absl::StrCat("; the longest that fits is ", text,
                      ", the model's maximum.");
}

// The answer in one sentence.
std::string VerdictSentence(const Plan& plan) {
  const v1::MemoryPrediction& prediction = plan.prediction;
  const std::string context = absl::StrCat(
      "a context of ",
      FormatContext(plan.request.batch_size(), plan.request.sequence_length()),
      " tokens");
  const std::string longest = LongestWords(plan);
  switch (prediction.verdict()) {
    case v1::VERDICT_FITS:
      return absl::StrCat("Fits with ", context, longest);
    case v1::VERDICT_TIGHT:
      return absl::StrCat("Tight: ", context,
                          " leaves less than a tenth of a device's free memory",
                          longest);
    case v1::VERDICT_DOES_NOT_FIT:
      return absl::StrCat("Does not fit with ", context,
                          prediction.max_sequence_length() > 0
                              ? longest
                              : ", nor with any shorter one.");
    default:
      return "The devices' free memory is not known.";
  }
}

std::string ModelSentence(const v1::ModelSummary& model) {
  std::string active;
  if (model.active_parameter_count() < model.parameter_count()) {
    active = absl::StrCat(" (", FormatCount(model.active_parameter_count()),
                          " per token)");
  }
  return absl::StrFormat(
      "%s: %s, %s parameters%s in %d layers, %s, trained for %d tokens.",
      model.name().empty() ? model.model_id() : model.name(),
      model.architecture(), FormatCount(model.parameter_count()), active,
      model.layer_count(), model.quantization(), model.max_sequence_length());
}

// What every row of a list of plans has in common.
std::string FreeLine(const Plan& plan) {
  const std::string devices = absl::StrJoin(
      plan.prediction.devices(), ", ",
      [](std::string* out, const v1::DevicePrediction& device) {
        absl::StrAppend(out, device.name(), " ", FreeText(device));
      });
  return absl::StrCat(
      "Free: ", devices,
      plan.request.batch_size() > 1
          ? ". Longest: the context in tokens of each sequence that would "
            "still fit. tok/s: of one sequence alone, and of all together."
          : ". Longest: the context in tokens that would still fit.");
}

std::string MethodSentence(const v1::MemoryPrediction& prediction) {
  if (prediction.has_total_range()) {
    return absl::StrCat(
        "Expected figures; in total between ",
        FormatBytes(prediction.total_range().low_bytes()), " and ",
        FormatBytes(prediction.total_range().high_bytes()), ".");
  }
  return absl::StrCat("Predicted by ", MethodWords(prediction.method()), ".");
}

std::string LaunchLines(const v1::LaunchCommands& launch,
                        const Surface& surface) {
  std::string lines;
  for (const std::string& command : {launch.llama_server(), launch.vllm()}) {
    if (command.empty()) continue;
    // Not wrapped: a terminal's own wrapping survives being copied.
    absl::StrAppend(&lines, "  ", EscapeControls(command), "\n");
  }
  std::string text =
      lines.empty() ? "" : absl::StrCat("\nThe same elsewhere:\n", lines);
  for (const std::string& note : launch.notes()) {
    text += Paragraph(note, Paint::kDim, surface);
  }
  return text;
}

// Empty where nothing was measured.
std::string OverheadSentence(const v1::MemoryPrediction& prediction) {
  if (!prediction.has_measured_overhead()) return "";
  const v1::MeasuredOverhead& overhead = prediction.measured_overhead();
  return absl::StrCat("On this machine its process took another ",
                      FormatBytes(overhead.resident_bytes()),
                      " of main memory (median of ", overhead.load_count(),
                      overhead.load_count() == 1 ? " load" : " loads", ").");
}

}  // namespace

std::string FormatPlans(const std::vector<Plan>& plans,
                        const Surface& surface) {
  // The plans differ in their models only.
  const bool several = !plans.empty() && plans[0].request.batch_size() > 1;
  std::vector<Column> columns = {
      {.title = "Model", .align = Align::kLeft, .width_min = 16},
      {.title = "Params", .leaves = 2},
      {.title = "Quant", .align = Align::kLeft, .leaves = 5},
      {.title = "Context", .leaves = 3},
      {.title = "Weights"},
      {.title = "KV cache"},
      {.title = "Overhead", .leaves = 4},
      {.title = "Total"},
      {.title = "Free", .pipes_only = true},
      {.title = "Fits", .align = Align::kLeft},
      {.title = "Longest"},
      {.title = "tok/s"}};
  if (several) columns.push_back({.title = "all tok/s", .leaves = 6});
  Table table(std::move(columns));
  for (const Plan& plan : plans) {
    const v1::MemoryPrediction& prediction = plan.prediction;
    const std::string& model_id = prediction.model().model_id();
    std::vector<Cell> row = {surface.terminal ? ModelLabel(model_id) : model_id,
                             FormatCount(prediction.model().parameter_count()),
                             prediction.model().quantization(),
                             FormatContext(plan.request.batch_size(),
                                           plan.request.sequence_length()),
                             FormatBytes(prediction.weights_bytes()),
                             FormatBytes(prediction.kv_cache_bytes()),
                             FormatBytes(prediction.runtime_overhead_bytes()),
                             FormatBytes(prediction.total_bytes()),
                             FreeText(prediction),
                             VerdictCell(prediction.verdict()),
                             absl::StrCat(prediction.max_sequence_length()),
                             RateText(prediction)};
    if (several) row.emplace_back(RateOfAllText(prediction));
    table.AddRow(std::move(row));
  }
  std::string text = table.Format(surface);
  if (surface.terminal && plans.size() > 1) {
    text += Paragraph(FreeLine(plans.front()), Paint::kDim, surface);
  }
  return text;
}

std::string FormatPlanDetails(const Plan& plan, const Surface& surface) {
  const v1::MemoryPrediction& prediction = plan.prediction;
  const auto paragraph = [&](std::string_view text, Paint paint) {
    return Paragraph(text, paint, surface);
  };
  std::string text = absl::StrCat(
      "\n", DeviceTable(prediction).Format(surface),
      FormatAdditions(prediction, surface), "\n",
      paragraph(VerdictSentence(plan), VerdictPaint(prediction.verdict())));
  for (const std::string& warning : prediction.warnings()) {
    text += paragraph("Warning: " + warning, Paint::kYellow);
  }
  absl::StrAppend(&text, paragraph(SpeedSentence(prediction), Paint::kNone),
                  paragraph(ModelSentence(prediction.model()), Paint::kNone),
                  paragraph(MethodSentence(prediction), Paint::kDim),
                  paragraph(OverheadSentence(prediction), Paint::kDim),
                  LaunchLines(prediction.launch(), surface));
  return text;
}

std::string FormatTerms(const v1::MemoryPrediction& prediction,
                        const Surface& surface) {
  Table table({{.title = "Part", .align = Align::kLeft, .leaves = 1},
               {.title = "Term", .align = Align::kLeft},
               {.title = "Size"},
               {.title = "Formula",
                .align = Align::kLeft,
                .width_min = 36,
                .wraps = true}});
  for (const v1::MemoryTerm& term : prediction.terms()) {
    table.AddRow({std::string(MemoryPartWords(term.part())), term.name(),
                  FormatBytes(term.size_bytes()), term.formula()});
  }
  return table.Format(surface);
}

}  // namespace hwledger
