#include "clients/cli/generation_entries_view.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "clients/cli/csv.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "clients/cli/wire_time.h"

namespace hwledger {
namespace {

std::string Elapsed(bool is_known, const google::protobuf::Duration& duration) {
  return is_known ? FormatElapsed(ToDuration(duration)) : std::string(kUnknown);
}

std::string Rate(bool is_known, double per_second) {
  return is_known ? FormatRate(per_second) : std::string(kUnknown);
}

// "end of text"; of one that failed "resource exhausted".
std::string EndWords(const v1::GenerationEntry& entry) {
  if (entry.status_code() == 0) {
    return std::string(FinishReasonWords(entry.finish_reason()));
  }
  const auto code = static_cast<absl::StatusCode>(entry.status_code());
  return absl::StrReplaceAll(
      absl::AsciiStrToLower(absl::StatusCodeToString(code)), {{"_", " "}});
}

// Milliseconds, to the microsecond.
std::string CsvTime(bool is_known, const google::protobuf::Duration& duration) {
  return is_known ? absl::StrCat(absl::ToDoubleMilliseconds(absl::Trunc(
                        ToDuration(duration), absl::Microseconds(1))))
                  : "";
}

}  // namespace

std::string FormatGenerations(const v1::ListGenerationsResponse& response,
                              const Surface& surface) {
  Table table({{.title = "Arrived", .align = Align::kLeft, .leaves = 6},
               {.title = "Model", .align = Align::kLeft, .width_min = 16},
               {.title = "Prompt"},
               {.title = "Cached", .leaves = 3},
               {.title = "Tokens"},
               {.title = "Queued", .leaves = 2},
               {.title = "First token", .leaves = 5},
               {.title = "Read/s", .leaves = 4},
               {.title = "Written/s"},
               {.title = "Total", .leaves = 1},
               {.title = "Ended", .align = Align::kLeft}});
  for (const v1::GenerationEntry& entry : response.generations()) {
    const v1::Usage& usage = entry.usage();
    const v1::Timings& timings = entry.timings();
    table.AddRow(
        {absl::FormatTime("%Y-%m-%d %H:%M:%S", ToTime(entry.arrived_at()),
                          absl::LocalTimeZone()),
         surface.terminal ? ModelLabel(entry.model_id()) : entry.model_id(),
         absl::StrCat(usage.prompt_tokens()),
         absl::StrCat(usage.cached_prompt_tokens()),
         absl::StrCat(usage.completion_tokens()),
         Elapsed(timings.has_queue_time(), timings.queue_time()),
         Elapsed(timings.has_time_to_first_token(),
                 timings.time_to_first_token()),
         Rate(timings.has_prefill_tokens_per_second(),
              timings.prefill_tokens_per_second()),
         Rate(timings.has_decode_tokens_per_second(),
              timings.decode_tokens_per_second()),
         Elapsed(entry.has_total_time(), entry.total_time()), EndWords(entry)});
  }
  return table.Format(surface);
}

std::string GenerationsCsv(const v1::ListGenerationsResponse& response) {
  std::string csv =
      "generation_id,arrived_at,model_id,entry_id,status_code,finish_reason,"
      "prompt_tokens,cached_prompt_tokens,completion_tokens,draft_tokens,"
      "accepted_draft_tokens,queue_ms,prefill_ms,decode_ms,"
      "time_to_first_token_ms,total_ms\r\n";
  for (const v1::GenerationEntry& entry : response.generations()) {
    const v1::Usage& usage = entry.usage();
    const v1::Timings& timings = entry.timings();
    absl::StrAppend(
        &csv, entry.generation_id(), ",",
        absl::FormatTime("%Y-%m-%dT%H:%M:%E3S%Ez", ToTime(entry.arrived_at()),
                         absl::UTCTimeZone()),
        ",", CsvField(entry.model_id()), ",",
        entry.has_entry_id() ? absl::StrCat(entry.entry_id()) : "", ",",
        entry.status_code(), ",", v1::FinishReason_Name(entry.finish_reason()),
        ",", usage.prompt_tokens(), ",", usage.cached_prompt_tokens(), ",",
        usage.completion_tokens(), ",", usage.draft_tokens(), ",",
        usage.accepted_draft_tokens(), ",");
    absl::StrAppend(
        &csv, CsvTime(timings.has_queue_time(), timings.queue_time()), ",",
        CsvTime(timings.has_prefill_time(), timings.prefill_time()), ",",
        CsvTime(timings.has_decode_time(), timings.decode_time()), ",",
        CsvTime(timings.has_time_to_first_token(),
                timings.time_to_first_token()),
        ",", CsvTime(entry.has_total_time(), entry.total_time()), "\r\n");
  }
  return csv;
}

}  // namespace hwledger
