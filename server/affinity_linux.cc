#include <sched.h>
#include <unistd.h>

#include "server/affinity.h"

namespace hwledger {

void TakeAffinityOfParent() {
  cpu_set_t processors;
  if (sched_getaffinity(getppid(), sizeof(processors), &processors) == 0) {
    sched_setaffinity(0, sizeof(processors), &processors);
  }
}

}  // namespace hwledger
