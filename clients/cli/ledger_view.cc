#include "clients/cli/ledger_view.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/cli/csv.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "clients/cli/wire_time.h"

namespace hwledger {
namespace {

// "exact", "+0.42 %"; "-32 B" where that would be "-0.00 %".
std::string FormatError(const v1::LedgerEntry& entry) {
  if (!entry.has_error_percent()) return std::string(kUnknown);
  const int64_t error = entry.predicted_bytes() - entry.measured_bytes();
  if (error == 0) return "exact";
  if (std::abs(entry.error_percent()) < 0.005) {
    return absl::StrFormat("%+d B", error);
  }
  return absl::StrFormat("%+.2f %%", entry.error_percent());
}

}  // namespace

std::string FormatEntries(const v1::ListEntriesResponse& response,
                          const Surface& surface) {
  Table table({{.title = "Loaded", .align = Align::kLeft, .leaves = 3},
               {.title = "Model", .align = Align::kLeft, .width_min = 16},
               {.title = "Quant", .align = Align::kLeft, .leaves = 2},
               {.title = "Context", .leaves = 5},
               {.title = "Predicted"},
               {.title = "Measured"},
               {.title = "Error"},
               {.title = "Peak RSS", .leaves = 4},
               {.title = "Load time", .leaves = 1}});
  for (const v1::LedgerEntry& entry : response.entries()) {
    table.AddRow(
        {absl::FormatTime("%Y-%m-%d %H:%M", ToTime(entry.loaded_at()),
                          absl::LocalTimeZone()),
         surface.terminal ? ModelLabel(entry.model_id()) : entry.model_id(),
         entry.quantization(),
         absl::StrCat(entry.batch_size(), " × ", entry.sequence_length()),
         FormatBytes(entry.predicted_bytes()),
         FormatBytes(entry.measured_bytes()), FormatError(entry),
         entry.has_peak_resident_bytes()
             ? FormatBytes(entry.peak_resident_bytes())
             : std::string(kUnknown),
         FormatElapsed(absl::Milliseconds(entry.load_milliseconds()))});
  }
  return table.Format(surface);
}

std::string FormatAccuracy(const v1::SummarizeAccuracyResponse& response,
                           const Surface& surface) {
  Table table({{.title = "Architecture", .align = Align::kLeft},
               {.title = "Term", .align = Align::kLeft},
               {.title = "Loads"},
               {.title = "Mean error"},
               {.title = "Largest error"}});
  for (const v1::TermAccuracy& term : response.terms()) {
    table.AddRow({term.architecture(), term.term(),
                  absl::StrCat(term.entry_count()),
                  absl::StrFormat("%.2f %%", term.mean_error_percent()),
                  absl::StrFormat("%.2f %%", term.max_error_percent())});
  }
  return table.Format(surface);
}

std::string EntriesCsv(const v1::ListEntriesResponse& response) {
  std::string csv =
      "entry_id,loaded_at,model_id,architecture,quantization,sequence_length,"
      "batch_size,method,load_milliseconds,term,predicted_bytes,"
      "measured_bytes\r\n";
  for (const v1::LedgerEntry& entry : response.entries()) {
    const std::string load = absl::StrCat(
        entry.entry_id(), ",",
        absl::FormatTime(absl::RFC3339_sec, ToTime(entry.loaded_at()),
                         absl::UTCTimeZone()),
        ",", CsvField(entry.model_id()), ",", CsvField(entry.architecture()),
        ",", CsvField(entry.quantization()), ",", entry.sequence_length(), ",",
        entry.batch_size(), ",", v1::PredictionMethod_Name(entry.method()), ",",
        entry.load_milliseconds());
    for (const v1::LedgerTerm& term : entry.terms()) {
      absl::StrAppend(
          &csv, load, ",", CsvField(term.name()), ",", term.predicted_bytes(),
          ",",
          term.has_measured_bytes() ? absl::StrCat(term.measured_bytes()) : "",
          "\r\n");
    }
  }
  return csv;
}

std::string AccuracyCsv(const v1::SummarizeAccuracyResponse& response) {
  std::string csv =
      "architecture,term,entry_count,mean_error_percent,"
      "max_error_percent\r\n";
  for (const v1::TermAccuracy& term : response.terms()) {
    absl::StrAppend(&csv, CsvField(term.architecture()), ",",
                    CsvField(term.term()), ",", term.entry_count(), ",",
                    term.mean_error_percent(), ",", term.max_error_percent(),
                    "\r\n");
  }
  return csv;
}

}  // namespace hwledger
