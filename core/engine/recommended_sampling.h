#pragma once

#include "core/engine/sampling.h"

struct llama_model;  // NOLINT(readability-identifier-naming)

namespace hwledger {

// What a model's file recommends (general.sampling.*). Values that are out of
// range are passed over.
Sampling RecommendedSampling(const llama_model* model);

}  // namespace hwledger
