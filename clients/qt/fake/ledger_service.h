#pragma once

#include "clients/qt/fake/behaviour.h"
#include "clients/qt/fake/script.h"
#include "hwledger/v1/ledger.grpc.pb.h"

namespace hwledger {

// The recorded ledger, page by page; nothing is added to it.
class FakeLedgerService final : public v1::Ledger::Service {
 public:
  FakeLedgerService(const Script& script, Behaviour& behaviour)
      : script_(script), behaviour_(behaviour) {}

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
  const Script& script_;
  Behaviour& behaviour_;
};

}  // namespace hwledger
