#include "clients/cli/fit_view.h"

#include "absl/strings/str_cat.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/paragraph.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace hwledger {
namespace {

std::string Answer(const SolvedFit& fit) {
  if (!fit.response.fits()) return "none fits";
  const v1::EstimateVramRequest& request = fit.response.request();
  const v1::ModelSummary& model = fit.response.prediction().model();
  switch (fit.goal) {
    case v1::FIT_GOAL_SEQUENCE_LENGTH:
      return absl::StrCat(
          FormatContext(request.batch_size(), request.sequence_length()),
          " tokens",
          request.sequence_length() >= model.max_sequence_length()
              ? ", the model's maximum"
              : "");
    case v1::FIT_GOAL_BATCH_SIZE:
      return absl::StrCat(request.batch_size(), " × ",
                          request.sequence_length(), " tokens");
    case v1::FIT_GOAL_GPU_LAYERS:
      // The output layer counts as one.
      return absl::StrCat(request.gpu_layers(), " of ",
                          model.layer_count() + 1);
    default:
      return absl::StrCat(model.quantization(),
                          request.quantization().empty() ? ", as stored" : "");
  }
}

// Why 'plan' may say that more fits.
std::string ReserveSentence(std::optional<int64_t> reserve_bytes) {
  return reserve_bytes
             ? absl::StrCat("Leaves ", FormatBytes(*reserve_bytes),
                            " of each device's free memory unused.")
             : "Leaves a twentieth of each device's free memory unused; "
               "--reserve says otherwise.";
}

}  // namespace

std::string FormatFits(const std::vector<SolvedFit>& fits,
                       std::optional<int64_t> reserve_bytes,
                       const Surface& surface) {
  Table table({{.title = "At most", .align = Align::kLeft},
               {.title = "Fits", .align = Align::kLeft},
               {.title = "Weights"},
               {.title = "KV cache"},
               {.title = "Overhead", .leaves = 1},
               {.title = "Total"}});
  for (const SolvedFit& fit : fits) {
    const v1::MemoryPrediction& prediction = fit.response.prediction();
    table.AddRow(
        {std::string(FitGoalWords(fit.goal)),
         {Answer(fit), fit.response.fits() ? Paint::kGreen : Paint::kRed},
         FormatBytes(prediction.weights_bytes()),
         FormatBytes(prediction.kv_cache_bytes()),
         FormatBytes(prediction.runtime_overhead_bytes()),
         FormatBytes(prediction.total_bytes())});
  }
  std::string text = table.Format(surface);
  text += Paragraph(ReserveSentence(reserve_bytes), Paint::kDim, surface);
  if (fits.empty()) return text;
  return text +
         Paragraph(
             absl::StrCat(
                 "Predicted by ",
                 MethodWords(fits.front().response.prediction().method()), "."),
             Paint::kDim, surface);
}

}  // namespace hwledger
