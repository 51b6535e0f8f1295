#pragma once

namespace hwledger {

// From now on the calling thread, and those that it starts, may run on all
// processors that the main thread of the parent process may.
void TakeAffinityOfParent();

}  // namespace hwledger
