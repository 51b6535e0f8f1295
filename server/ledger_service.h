#pragma once

#include "hwledger/v1/ledger.grpc.pb.h"

namespace hwledger {

class LedgerService final : public v1::Ledger::Service {
 public:
  grpc::Status ListEntries(grpc::ServerContext* context,
                           const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status SummarizeAccuracy(
      grpc::ServerContext* context, const v1::SummarizeAccuracyRequest* request,
      v1::SummarizeAccuracyResponse* response) override;
};

}  // namespace hwledger
