#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/awaitable.hpp"
#include "nlohmann/json_fwd.hpp"

namespace hwledger {

// The JSON object that a client sent; on `workers` where it is long.
// InvalidArgument: it is none. `body` outlives the call.
boost::asio::awaitable<absl::StatusOr<nlohmann::json>> ParseJsonBody(
    boost::asio::any_io_executor workers, const std::string& body);

}  // namespace hwledger
