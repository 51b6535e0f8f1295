#pragma once

#include <string>
#include <string_view>

#include "server/http_methods.h"

namespace hwledger {

// What there is to ask, in plain text for a person, with a command for each.
// `host`: as the client names us.
std::string HttpIndex(const HttpMethods& methods, std::string_view host);

}  // namespace hwledger
