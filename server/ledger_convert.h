#pragma once

#include "absl/status/statusor.h"
#include "core/ledger/ledger.h"
#include "hwledger/v1/ledger.pb.h"

namespace hwledger {

// The entries of a page and one more, which tells of a next page. FieldError:
// page_size, page_token or entry_id.
absl::StatusOr<LedgerQuery> FromProto(const v1::ListEntriesRequest& request);
absl::StatusOr<GenerationQuery> FromProto(
    const v1::ListGenerationsRequest& request);

v1::LedgerEntry ToProto(const LedgerEntry& entry);
v1::GenerationEntry ToProto(const GenerationEntry& entry);

}  // namespace hwledger
