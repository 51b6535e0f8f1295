#include "core/runner_snapshot.h"

namespace hwledger {

Bytes TotalOf(const std::vector<DeviceUse>& uses) {
  Bytes total;
  for (const DeviceUse& use : uses) total += use.total();
  return total;
}

}  // namespace hwledger
