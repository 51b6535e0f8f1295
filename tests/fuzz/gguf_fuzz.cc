#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/model/gguf.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"
#include "tests/peak_memory.h"

namespace {

// Every tensor lies inside the file, and none on another.
void CheckTensors(const hwledger::GgufHeader& header, int64_t file_size) {
  hwledger::Bytes end;
  for (const hwledger::GgufTensor& tensor : header.tensors) {
    assert(tensor.type != nullptr);
    assert(tensor.element_count() > 0);
    assert(hwledger::Bytes(tensor.offset) >= end);
    end = hwledger::Bytes(tensor.offset) + tensor.size();
    assert(end < hwledger::Bytes(file_size));
  }
}

void Parse(std::string_view bytes, int64_t file_size) {
  const absl::StatusOr<hwledger::GgufHeader> header =
      hwledger::ParseGguf(bytes, file_size);
  if (!header.ok()) return;
  CheckTensors(*header, file_size);
  // Whoever uses a header must bear whatever can be read.
  hwledger::ShapeOf(*header).IgnoreError();
  hwledger::Quantize(*header, "Q4_K_M").IgnoreError();
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
