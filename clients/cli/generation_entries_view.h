#pragma once

#include <string>

#include "clients/cli/surface.h"
#include "hwledger/v1/ledger.pb.h"

namespace hwledger {

std::string FormatGenerations(const v1::ListGenerationsResponse& response,
                              const Surface& surface);

// A line per generation under a line of titles, as RFC 4180 has it.
std::string GenerationsCsv(const v1::ListGenerationsResponse& response);

}  // namespace hwledger
