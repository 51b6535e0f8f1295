#pragma once

#include <cstdint>

namespace hwledger {

// A count as the contract has it. It fits: libllama itself counts in int32.
inline int32_t Int32(int64_t count) { return static_cast<int32_t>(count); }

}  // namespace hwledger
