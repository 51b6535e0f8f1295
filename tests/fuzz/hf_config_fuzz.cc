#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/model/hf_header.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"
#include "tests/peak_memory.h"

namespace {

void Parse(std::string_view config) {
  const absl::StatusOr<hwledger::GgufHeader> header =
      hwledger::HeaderOfHfConfig(config);
  if (!header.ok()) return;
  for (const hwledger::GgufTensor& tensor : header->tensors) {
    assert(tensor.element_count() > 0);
  }
  hwledger::ShapeOf(*header).IgnoreError();
  hwledger::Quantize(*header, "Q4_K_M").IgnoreError();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const hwledger::PeakMemory memory;
  Parse({reinterpret_cast<const char*>(data), size});
  assert(memory.bytes() <= hwledger::kInputMemoryMax);
  return 0;
}
