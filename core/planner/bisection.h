#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"

namespace hwledger {

// The largest of 1 to `most` for which `fits` holds, 0 where it holds for none.
// It must not hold for any above one for which it does not: halving what is
// left, it is asked about log2(most) of them.
int64_t LargestThatFits(int64_t most, absl::FunctionRef<bool(int64_t)> fits);

}  // namespace hwledger
