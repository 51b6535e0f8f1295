#pragma once

#include "core/engine/engine_options.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

v1::SplitMode ToProto(SplitMode split_mode);

// What is unset is LAYER.
SplitMode FromProto(v1::SplitMode split_mode);

}  // namespace hwledger
