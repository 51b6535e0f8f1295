#pragma once

#include "server/command_convert.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"
#include "server/step_event_convert.h"

namespace hwledger {

// What is left of a value after it was a message of the link.
template <typename T>
T ThereAndBack(const T& value) {
  return FromProto(ToProto(value));
}

}  // namespace hwledger
