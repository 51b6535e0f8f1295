#pragma once

#include <string>

#include "clients/cli/surface.h"
#include "hwledger/v1/ledger.pb.h"

namespace hwledger {

std::string FormatEntries(const v1::ListEntriesResponse& response,
                          const Surface& surface);

std::string FormatAccuracy(const v1::SummarizeAccuracyResponse& response,
                           const Surface& surface);

// A line per term under a line of titles, as RFC 4180 has it.
std::string EntriesCsv(const v1::ListEntriesResponse& response);
std::string AccuracyCsv(const v1::SummarizeAccuracyResponse& response);

}  // namespace hwledger
