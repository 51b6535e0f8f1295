#include "server/ledger_service.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "server/ledger_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

using LedgerOr = absl::StatusOr<std::unique_ptr<Ledger>>;

// Takes away the entry that `query` asked for beyond a page; where it is there,
// returns the token of the next page.
template <typename Query, typename Entry>
std::string EndPage(const Query& query, std::vector<Entry>& entries) {
  if (std::ssize(entries) < query.count_max) return "";
  entries.pop_back();
  return absl::StrCat(entries.back().id);
}

absl::Status List(const LedgerOr& ledger, const v1::ListEntriesRequest& request,
                  v1::ListEntriesResponse& response) {
  ABSL_RETURN_IF_ERROR(ledger.status());
  ABSL_ASSIGN_OR_RETURN(const LedgerQuery query, FromProto(request));
  ABSL_ASSIGN_OR_RETURN(std::vector<LedgerEntry> entries,
                        (*ledger)->List(query));
  response.set_next_page_token(EndPage(query, entries));
  for (const LedgerEntry& entry : entries) {
    *response.add_entries() = ToProto(entry);
  }
  return absl::OkStatus();
}

absl::Status List(const LedgerOr& ledger,
                  const v1::ListGenerationsRequest& request,
                  v1::ListGenerationsResponse& response) {
  ABSL_RETURN_IF_ERROR(ledger.status());
  ABSL_ASSIGN_OR_RETURN(const GenerationQuery query, FromProto(request));
  ABSL_ASSIGN_OR_RETURN(std::vector<GenerationEntry> entries,
                        (*ledger)->ListGenerations(query));
  response.set_next_page_token(EndPage(query, entries));
  for (const GenerationEntry& entry : entries) {
    *response.add_generations() = ToProto(entry);
  }
  return absl::OkStatus();
}

absl::Status Summarize(const LedgerOr& ledger,
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

grpc::Status LedgerService::ListGenerations(
    grpc::ServerContext*, const v1::ListGenerationsRequest* request,
    v1::ListGenerationsResponse* response) {
  return ToGrpc(List(ledger_, *request, *response));
}

}  // namespace hwledger
