#pragma once

#include <cstdint>

#include "core/bytes.h"

namespace hwledger {

// Bytes of main memory that `thread_count` threads read in a second: what
// bounds the speed of a model that lies there. Takes about a tenth of a second
// and, for that time, 256 MiB.
Bytes MeasureMemoryBandwidth(int64_t thread_count);

}  // namespace hwledger
