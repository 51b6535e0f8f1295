#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"

namespace hwledger {

// FieldError: `options` ask for a split by tensors, and the engine cannot do
// that with this model or these options, or how it would is not known to the
// byte.
absl::Status ValidateTensorSplit(const ModelShape& model,
                                 const EngineOptions& options);

// FieldError: they ask for one, and there is no GPU.
absl::Status ValidateSharers(const EngineOptions& options,
                             absl::Span<const Device> devices);

// The devices that all have a part of every layer, as indices: the GPUs, or the
// integrated ones where there is no other. None unless `options` say so.
std::vector<int64_t> SharersOf(const EngineOptions& options,
                               absl::Span<const Device> devices);

// The model that each of `device_count` devices seems to have where all of them
// share every layer: as many layers, but thinner. What cannot be divided is in
// each. Heads stay whole, and rows what is stored together; which device gets
// what is left over changes from layer to layer (llama.cpp:
// llama_meta_device_get_split_state). The widths of results stay as they are,
// since the engine reserves a compute buffer for the whole on each device.
//
// ValidateTensorSplit has said that it can be done.
std::vector<ModelShape> ThinnerModels(const ModelShape& model,
                                      int64_t device_count);

}  // namespace hwledger
