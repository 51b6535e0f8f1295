#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"

namespace hwledger {

// Main memory, as far as this process may use it.
struct HostMemory {
  Bytes total;
  // What can be had without swapping.
  Bytes free;
};

// Absent where the system does not say.
std::optional<HostMemory> ReadHostMemory();

// Resident memory of a process that backs no file: by so much it made main
// memory less free. Pages of a file that it maps, such as a model's weights,
// can be dropped and count as free. Absent where there is no such process.
std::optional<Bytes> ReadAnonymousMemory(int64_t process_id);

// Resident memory of a process, shared file pages included. Absent where there
// is no such process.
std::optional<Bytes> ReadResidentMemory(int64_t process_id);

// The most of it since the process began. Absent where there is no such
// process, or only its exit status is left.
std::optional<Bytes> ReadPeakResidentMemory(int64_t process_id);

}  // namespace hwledger
