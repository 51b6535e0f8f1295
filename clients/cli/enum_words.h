#pragma once

#include <string_view>

#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"

// The contract's enumerations in words for people.
namespace hwledger {

std::string_view AdditionKindWords(v1::AdditionKind kind);
std::string_view BindingTermWord(v1::BindingTerm term);
std::string_view DeviceKindWords(v1::DeviceKind kind);
std::string_view FinishReasonWords(v1::FinishReason reason);
std::string_view FitGoalWords(v1::FitGoal goal);
std::string_view LayerKindWords(v1::LayerKind kind);
std::string_view LoadStateWord(v1::LoadState state);
std::string_view MemoryPartWords(v1::MemoryPart part);
std::string_view MethodWords(v1::PredictionMethod method);
std::string_view ModelSourceWord(v1::ModelSource source);

}  // namespace hwledger
