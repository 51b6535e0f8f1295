#pragma once

#include <string>

#include "nlohmann/json_fwd.hpp"
#include "server/http_methods.h"

namespace hwledger {

// The methods and their messages as OpenAPI 3.1 describes them. `version` is
// this program's.
nlohmann::json OpenApiDocument(const HttpMethods& methods,
                               const std::string& version);

}  // namespace hwledger
