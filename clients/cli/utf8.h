#pragma once

#include <string_view>

namespace hwledger {

// Whether `text` is UTF-8 (RFC 3629). A protobuf string must be, and gRPC's own
// refusal would not say which one is not.
bool IsUtf8(std::string_view text);

}  // namespace hwledger
