#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/model/hf_header.h"
#include "core/model/model_shape.h"
#include "core/model/quantize_mix.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::StatusOr<hwledger::GgufHeader> header =
      hwledger::HeaderOfHfConfig(
          std::string_view(reinterpret_cast<const char*>(data), size));
  if (!header.ok()) return 0;
  for (const hwledger::GgufTensor& tensor : header->tensors) {
    assert(tensor.element_count() > 0);
  }
  hwledger::ShapeOf(*header).IgnoreError();
  hwledger::Quantize(*header, "Q4_K_M").IgnoreError();
  return 0;
}
