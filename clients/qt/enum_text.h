#pragma once

#include <QString>

#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"

// The contract's enumerations in words for people.
namespace hwledger {

QString bindingTermText(v1::BindingTerm term);
QString deviceKindText(v1::DeviceKind kind);
QString finishReasonText(v1::FinishReason reason);
QString layerKindText(v1::LayerKind kind);
QString loadStateText(v1::LoadState state);
QString methodText(v1::PredictionMethod method);
QString modelSourceText(v1::ModelSource source);
QString verdictText(v1::Verdict verdict);

}  // namespace hwledger
