#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "core/ledger/ledger.h"
#include "hwledger/v1/ledger.grpc.pb.h"

namespace hwledger {

class LedgerService final : public v1::Ledger::Service {
 public:
  // `ledger`: or why there is none, which every method then answers.
  explicit LedgerService(const absl::StatusOr<std::unique_ptr<Ledger>>& ledger)
      : ledger_(ledger) {}

  grpc::Status ListEntries(grpc::ServerContext* context,
                           const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status SummarizeAccuracy(
      grpc::ServerContext* context, const v1::SummarizeAccuracyRequest* request,
      v1::SummarizeAccuracyResponse* response) override;
  grpc::Status ListGenerations(grpc::ServerContext* context,
                               const v1::ListGenerationsRequest* request,
                               v1::ListGenerationsResponse* response) override;

 private:
  const absl::StatusOr<std::unique_ptr<Ledger>>& ledger_;
};

}  // namespace hwledger
