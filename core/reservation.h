#pragma once

#include <string>

#include "absl/time/time.h"
#include "core/bytes.h"

namespace hwledger {

// Memory that is promised to a model, of which what its device has free does
// not tell.
struct Reservation {
  std::string gpu;  // Its name; empty: main memory.
  Bytes memory;
  // Once a GPU tells what it has free after that, it counts it itself.
  absl::Time shows_at = absl::InfiniteFuture();
};

}  // namespace hwledger
