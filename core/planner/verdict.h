#pragma once

#include <optional>
#include <string>

#include "core/planner/planner.h"

namespace hwledger {

// Whether `needed` bytes fit on `device`: with at least a tenth of what is free
// to spare, with less, or not.
Verdict VerdictOf(Bytes needed, const Device& device);

// Sets the verdict of each device of `plan`, and the worst of them as the
// plan's. A device that holds nothing has no say. What devices without memory
// of their own hold must fit on the host, too.
void SetVerdicts(MemoryPlan& plan);

// In a whole sentence, why the host of `plan` does not fit although what it
// holds itself would; nothing where that is not so.
std::optional<std::string> SharedMemoryShortage(const MemoryPlan& plan);

}  // namespace hwledger
