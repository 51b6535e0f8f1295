#pragma once

#include <vector>

#include "core/model/gguf.h"
#include "ggml-backend.h"

namespace hwledger {

// In which ggml can keep weights of some types so that they suit this CPU
// ("extra buffer types"), the best first; then as the file has them.
// StartLibllama comes first.
std::vector<ggml_backend_buffer_type_t> HostLayouts();

// Whether libllama may keep the weights of a model on the host in others
// than the last of those.
//
// Not where the CPU has AMX and the model multiplies anything but one matrix by
// one: ggml's kernels for it read beyond weights that several matrices of
// activations share, as those of recurrent layers do, one a sequence; and
// libllama ends the process over weights of three dimensions, as those of
// latent attention, which it lays out so and then cannot use
// (ggml-org/llama.cpp issue 20824; seen in ggml 0.27).
bool MayRelayoutWeights(const GgufHeader& header);

}  // namespace hwledger
