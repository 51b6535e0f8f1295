#pragma once

#include <string>

#include "hwledger/v1/planner.pb.h"

// How the speed of a prediction is shown to people. How fast a model would be
// that does not fit helps nobody: then it counts as unknown.
namespace hwledger {

// Of one sequence that has the devices for itself: "≤ 41.2–55.0" where it is
// what the devices allow, "41.2–55.0" once generations were measured.
std::string RateText(const v1::MemoryPrediction& prediction);

// The same of all sequences together.
std::string RateOfAllText(const v1::MemoryPrediction& prediction);

// Empty where there is nothing to say.
std::string SpeedSentence(const v1::MemoryPrediction& prediction);

}  // namespace hwledger
