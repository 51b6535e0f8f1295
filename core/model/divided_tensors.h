#pragma once

#include <vector>

#include "core/model/divided_tensor.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"

namespace hwledger {

// Every tensor that is loaded onto devices with layers, for `shape`, which has
// its layers. Empty where the engine does not divide such a model, or how is
// not known to the byte: the architectures that it knows were each compared
// with libllama.
std::vector<DividedTensor> DividedTensorsOf(const GgufHeader& header,
                                            const ModelShape& shape);

}  // namespace hwledger
