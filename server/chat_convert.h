#pragma once

#include "core/engine/chat.h"
#include "hwledger/v1/inference.pb.h"

// Conversations, on the public wire and on the link to the runner. A field that
// is unset takes core's default.
namespace hwledger {

v1::Chat ToProto(const Chat& chat);
Chat FromProto(const v1::Chat& message);

v1::ToolCall ToProto(const ToolCall& call);
ToolCall FromProto(const v1::ToolCall& message);

}  // namespace hwledger
