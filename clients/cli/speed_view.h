#pragma once

#include <string>

#include "hwledger/v1/planner.pb.h"

// How the speed of a prediction is shown to people. How fast a model would be
// that does not fit helps nobody: then it counts as unknown.
namespace hwledger {

// "41.2–55.0": of one sequence that has the devices for itself.
std::string RateText(const v1::MemoryPrediction& prediction);

// The same of all sequences together.
std::string RateOfAllText(const v1::MemoryPrediction& prediction);

// Empty where there is nothing to say.
std::string SpeedSentence(const v1::MemoryPrediction& prediction);

}  // namespace hwledger
