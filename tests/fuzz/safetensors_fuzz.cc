#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/model/safetensors.h"
#include "tests/peak_memory.h"

namespace {

// What is told about a file fits into the file.
void Parse(std::string_view bytes, int64_t file_size) {
  const absl::StatusOr<hwledger::StoredTensors> stored =
      hwledger::ParseSafetensors(bytes, file_size);
  if (!stored.ok()) return;
  assert(stored->size < hwledger::Bytes(file_size));
  hwledger::Bytes sum;
  for (const auto& [dtype, size] : stored->size_by_dtype) sum += size;
  assert(sum == stored->size);
  // No dtype packs more than two elements into a byte.
  assert(stored->element_count / 2 <= stored->size.count());
  assert(stored->constant_count <= stored->element_count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const hwledger::PeakMemory memory;
  Parse(bytes, static_cast<int64_t>(size));
  Parse(bytes, int64_t{1} << 40);  // The start of a large file.
  assert(memory.bytes() <= hwledger::kInputMemoryMax);
  return 0;
}
