#include "server/ledger_service.h"

#include "server/status.h"

namespace hwledger {

grpc::Status LedgerService::ListEntries(grpc::ServerContext*,
                                        const v1::ListEntriesRequest*,
                                        v1::ListEntriesResponse*) {
  return LaterVersion("Ledger.ListEntries");
}

grpc::Status LedgerService::SummarizeAccuracy(
    grpc::ServerContext*, const v1::SummarizeAccuracyRequest*,
    v1::SummarizeAccuracyResponse*) {
  return LaterVersion("Ledger.SummarizeAccuracy");
}

}  // namespace hwledger
