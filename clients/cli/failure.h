#pragma once

#include <grpcpp/support/status.h>

#include <string_view>

#include "absl/status/status.h"
#include "clients/cli/exit_code.h"

namespace hwledger {

// Say on standard error what went wrong, with the fields that the daemon
// objects to, and return how the program ends.
ExitCode ReportFailure(const grpc::Status& status);
ExitCode ReportFailure(const absl::Status& status);
ExitCode ReportFailure(ExitCode code, std::string_view message);

}  // namespace hwledger
