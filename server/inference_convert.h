#pragma once

#include <vector>

#include "absl/time/time.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "google/protobuf/duration.pb.h"
#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"

// The public messages that the link between daemon and runner carries too.
namespace hwledger {

google::protobuf::Duration ToProto(absl::Duration duration);
absl::Duration FromProto(const google::protobuf::Duration& duration);

v1::FlashAttention ToProto(FlashAttention flash_attention);
FlashAttention FromProto(v1::FlashAttention flash_attention);

v1::DeviceKind ToProto(DeviceKind kind);
DeviceKind FromProto(v1::DeviceKind kind);

v1::Device ToProto(const Device& device);
Device FromProto(const v1::Device& device);

v1::LoraAdapter ToProto(const AdapterScale& adapter);
std::vector<AdapterScale> FromProto(
    const google::protobuf::RepeatedPtrField<v1::LoraAdapter>& messages);

v1::FinishReason ToProto(FinishReason reason);
FinishReason FromProto(v1::FinishReason reason);

v1::Queued ToProto(const Queued& queued);
Queued FromProto(const v1::Queued& queued);

v1::PromptProgress ToProto(const PromptProgress& progress);
PromptProgress FromProto(const v1::PromptProgress& progress);

v1::Token ToProto(const Token& token);
Token FromProto(const v1::Token& token);

v1::Reasoning ToProto(const Reasoning& reasoning);
Reasoning FromProto(const v1::Reasoning& message);

}  // namespace hwledger
