#pragma once

#include <vector>

#include "core/model/source/model_location.h"
#include "core/model/source/model_places.h"

namespace hwledger {

// Every model in `places`, told from names and sizes alone. Those that cannot
// be read are listed with what is wrong.
std::vector<ListedModel> ListPlaces(const ModelPlaces& places);

}  // namespace hwledger
