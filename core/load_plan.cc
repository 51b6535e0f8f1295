#include "core/load_plan.h"

namespace hwledger {

Bytes LoadPlan::predicted() const {
  Bytes total;
  for (const DevicePlan& share : shares) total += share.total();
  return total;
}

}  // namespace hwledger
