#include "clients/qt/fake/ledger_service.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/qt/fake/refusal.h"

namespace hwledger {
namespace {

// One page of `rows`, of those of the model that is asked for; the token is how
// many rows come before it.
template <typename Row, typename Request>
grpc::Status Page(const std::vector<Row>& rows, const Request& request,
                  int page_size, google::protobuf::RepeatedPtrField<Row>& page,
                  std::string& next_page_token) {
  size_t next = 0;
  if (!request.page_token().empty() &&
      !absl::SimpleAtoi(request.page_token(), &next)) {
    return FieldRefusal("page_token", "is not one of this list");
  }
  if (request.page_size() > 0) {
    page_size = std::min(page_size, request.page_size());
  }
  for (; next < rows.size() && page.size() < page_size; ++next) {
    const Row& row = rows[next];
    if (request.model_id().empty() || request.model_id() == row.model_id()) {
      *page.Add() = row;
    }
  }
  if (next < rows.size()) next_page_token = absl::StrCat(next);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status FakeLedgerService::ListEntries(
    grpc::ServerContext* context, const v1::ListEntriesRequest* request,
    v1::ListEntriesResponse* response) {
  const grpc::Status entered = behaviour_.Enter("ListEntries", *context);
  if (!entered.ok()) return entered;
  return Page(script_.entries, *request, behaviour_.page_size(),
              *response->mutable_entries(),
              *response->mutable_next_page_token());
}

grpc::Status FakeLedgerService::SummarizeAccuracy(
    grpc::ServerContext* context,
    const v1::SummarizeAccuracyRequest* /*request*/,
    v1::SummarizeAccuracyResponse* response) {
  *response = script_.accuracy;
  return behaviour_.Enter("SummarizeAccuracy", *context);
}

grpc::Status FakeLedgerService::ListGenerations(
    grpc::ServerContext* context, const v1::ListGenerationsRequest* request,
    v1::ListGenerationsResponse* response) {
  const grpc::Status entered = behaviour_.Enter("ListGenerations", *context);
  if (!entered.ok()) return entered;
  return Page(script_.generations, *request, behaviour_.page_size(),
              *response->mutable_generations(),
              *response->mutable_next_page_token());
}

}  // namespace hwledger
