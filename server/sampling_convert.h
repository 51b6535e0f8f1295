#pragma once

#include "core/engine/sampling.h"
#include "hwledger/v1/inference.pb.h"

namespace hwledger {

// What is unset is absent.
v1::Sampling ToProto(const Sampling& sampling);
Sampling FromProto(const v1::Sampling& sampling);

}  // namespace hwledger
