#include "server/ledger_service.h"

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "server/library_convert.h"
#include "server/planner_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

constexpr int64_t kDefaultPageSize = 100;
constexpr int64_t kPageSizeMax = 1000;

absl::StatusOr<LedgerQuery> FromProto(const v1::ListEntriesRequest& request) {
  LedgerQuery query = {.model_id = request.model_id(),
                       .count_max = request.page_size()};
  if (query.count_max < 0 || query.count_max > kPageSizeMax) {
    return FieldError("page_size", absl::StrCat("must be 0 to ", kPageSizeMax,
                                                "; got ", query.count_max));
  }
  if (query.count_max == 0) query.count_max = kDefaultPageSize;
  if (!request.page_token().empty() &&
      !absl::SimpleAtoi(request.page_token(), &query.before_id)) {
    return FieldError("page_token",
                      absl::StrCat("must be from an earlier answer; got \"",
                                   request.page_token(), "\""));
  }
  return query;
}

v1::LedgerEntry ToProto(const LedgerEntry& entry) {
  v1::LedgerEntry message;
  message.set_entry_id(entry.id);
  *message.mutable_loaded_at() = hwledger::ToProto(entry.loaded_at);
  message.set_model_id(entry.model_id);
  message.set_architecture(entry.architecture);
  message.set_quantization(entry.quantization);
  message.set_sequence_length(static_cast<int32_t>(entry.sequence_length));
  message.set_batch_size(static_cast<int32_t>(entry.slot_count));
  message.set_method(ToProto(entry.method));
  message.set_load_milliseconds(absl::ToInt64Milliseconds(entry.load_time));
  const Bytes measured = entry.measured();
  const Bytes error = entry.predicted() - measured;
  message.set_predicted_bytes(entry.predicted().count());
  message.set_measured_bytes(measured.count());
  if (measured > Bytes()) {
    message.set_error_percent(static_cast<double>(error.count()) * 100 /
                              static_cast<double>(measured.count()));
  }
  for (const LedgerTerm& term : entry.terms) {
    v1::LedgerTerm& added = *message.add_terms();
    added.set_name(term.name);
    added.set_predicted_bytes(term.predicted.count());
    if (term.measured) added.set_measured_bytes(term.measured->count());
  }
  return message;
}

absl::Status List(const absl::StatusOr<std::unique_ptr<Ledger>>& ledger,
                  const v1::ListEntriesRequest& request,
                  v1::ListEntriesResponse& response) {
  ABSL_RETURN_IF_ERROR(ledger.status());
  ABSL_ASSIGN_OR_RETURN(LedgerQuery query, FromProto(request));
  const int64_t page_size =
      query.count_max++;  // One more tells of a next page.
  ABSL_ASSIGN_OR_RETURN(const std::vector<LedgerEntry> entries,
                        (*ledger)->List(query));
  for (const LedgerEntry& entry : entries) {
    if (response.entries_size() == page_size) {
      response.set_next_page_token(
          absl::StrCat(response.entries().rbegin()->entry_id()));
      break;
    }
    *response.add_entries() = ToProto(entry);
  }
  return absl::OkStatus();
}

absl::Status Summarize(const absl::StatusOr<std::unique_ptr<Ledger>>& ledger,
                       v1::SummarizeAccuracyResponse& response) {
  ABSL_RETURN_IF_ERROR(ledger.status());
  ABSL_ASSIGN_OR_RETURN(const std::vector<TermAccuracy> terms,
                        (*ledger)->SummarizeAccuracy());
  for (const TermAccuracy& term : terms) {
    v1::TermAccuracy& added = *response.add_terms();
    added.set_architecture(term.architecture);
    added.set_term(term.term);
    added.set_entry_count(term.entry_count);
    added.set_mean_error_percent(term.mean_error_percent);
    added.set_max_error_percent(term.max_error_percent);
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status LedgerService::ListEntries(grpc::ServerContext*,
                                        const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) {
  return ToGrpc(List(ledger_, *request, *response));
}

grpc::Status LedgerService::SummarizeAccuracy(
    grpc::ServerContext*, const v1::SummarizeAccuracyRequest*,
    v1::SummarizeAccuracyResponse* response) {
  return ToGrpc(Summarize(ledger_, *response));
}

}  // namespace hwledger
