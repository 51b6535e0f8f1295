#include "server/inference_convert.h"

#include <string>

#include "server/int32.h"

namespace hwledger {
namespace {

v1::TokenLogprob ToProto(const TokenLogprob& logprob) {
  v1::TokenLogprob message;
  message.set_token_id(Int32(logprob.token_id));
  message.set_piece(logprob.piece);
  message.set_logprob(logprob.logprob);
  // Those in its place have none of their own.
  for (const TokenLogprob& likely : logprob.top) {
    v1::TokenLogprob& added = *message.add_top();
    added.set_token_id(Int32(likely.token_id));
    added.set_piece(likely.piece);
    added.set_logprob(likely.logprob);
  }
  return message;
}

TokenLogprob FromProto(const v1::TokenLogprob& message) {
  TokenLogprob logprob = {.token_id = message.token_id(),
                          .piece = message.piece(),
                          .logprob = message.logprob()};
  for (const v1::TokenLogprob& likely : message.top()) {
    logprob.top.push_back({.token_id = likely.token_id(),
                           .piece = likely.piece(),
                           .logprob = likely.logprob()});
  }
  return logprob;
}

}  // namespace

google::protobuf::Duration ToProto(absl::Duration duration) {
  absl::Duration rest;
  google::protobuf::Duration message;
  message.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  message.set_nanos(Int32(absl::ToInt64Nanoseconds(rest)));
  return message;
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

v1::FlashAttention ToProto(FlashAttention flash_attention) {
  switch (flash_attention) {
    case FlashAttention::kAuto:
      return v1::FLASH_ATTENTION_AUTO;
    case FlashAttention::kOn:
      return v1::FLASH_ATTENTION_ON;
    case FlashAttention::kOff:
      return v1::FLASH_ATTENTION_OFF;
  }
  return v1::FLASH_ATTENTION_UNSPECIFIED;
}

FlashAttention FromProto(v1::FlashAttention flash_attention) {
  switch (flash_attention) {
    case v1::FLASH_ATTENTION_ON:
      return FlashAttention::kOn;
    case v1::FLASH_ATTENTION_OFF:
      return FlashAttention::kOff;
    default:
      return FlashAttention::kAuto;
  }
}

v1::DeviceKind ToProto(DeviceKind kind) {
  switch (kind) {
    case DeviceKind::kCpu:
      return v1::DEVICE_KIND_CPU;
    case DeviceKind::kGpu:
      return v1::DEVICE_KIND_GPU;
    case DeviceKind::kIntegratedGpu:
      return v1::DEVICE_KIND_INTEGRATED_GPU;
    case DeviceKind::kAccelerator:
      return v1::DEVICE_KIND_ACCELERATOR;
  }
  return v1::DEVICE_KIND_UNSPECIFIED;
}

DeviceKind FromProto(v1::DeviceKind kind) {
  switch (kind) {
    case v1::DEVICE_KIND_GPU:
      return DeviceKind::kGpu;
    case v1::DEVICE_KIND_INTEGRATED_GPU:
      return DeviceKind::kIntegratedGpu;
    case v1::DEVICE_KIND_ACCELERATOR:
      return DeviceKind::kAccelerator;
    default:
      return DeviceKind::kCpu;
  }
}

v1::Device ToProto(const Device& device) {
  v1::Device message;
  message.set_name(device.name);
  if (!device.description.empty()) {
    message.set_description(device.description);
  }
  message.set_kind(ToProto(device.kind));
  if (device.total) message.set_total_bytes(device.total->count());
  if (device.free) message.set_free_bytes(device.free->count());
  if (device.bandwidth_per_second) {
    message.set_bandwidth_bytes_per_second(
        device.bandwidth_per_second->count());
  }
  if (device.core_count) message.set_core_count(Int32(*device.core_count));
  if (device.flops_per_second) {
    message.set_flops_per_second(*device.flops_per_second);
  }
  if (device.quantized_flops_per_second) {
    message.set_quantized_flops_per_second(*device.quantized_flops_per_second);
  }
  message.set_unified_memory(device.unified_memory);
  return message;
}

Device FromProto(const v1::Device& message) {
  Device device = {.name = message.name(),
                   .description = message.description(),
                   .kind = FromProto(message.kind()),
                   .unified_memory = message.unified_memory()};
  device.computes_for_host = ComputesForHost(device.kind, device.name);
  if (message.has_total_bytes()) device.total = Bytes(message.total_bytes());
  if (message.has_free_bytes()) device.free = Bytes(message.free_bytes());
  if (message.has_bandwidth_bytes_per_second()) {
    device.bandwidth_per_second = Bytes(message.bandwidth_bytes_per_second());
  }
  if (message.has_core_count()) device.core_count = message.core_count();
  if (message.has_flops_per_second()) {
    device.flops_per_second = message.flops_per_second();
  }
  if (message.has_quantized_flops_per_second()) {
    device.quantized_flops_per_second = message.quantized_flops_per_second();
  }
  return device;
}

v1::LoraAdapter ToProto(const AdapterScale& adapter) {
  v1::LoraAdapter message;
  message.set_path(adapter.path);
  message.set_scale(adapter.scale);
  return message;
}

std::vector<AdapterScale> FromProto(
    const google::protobuf::RepeatedPtrField<v1::LoraAdapter>& messages) {
  std::vector<AdapterScale> adapters;
  for (const v1::LoraAdapter& message : messages) {
    AdapterScale& adapter = adapters.emplace_back();
    adapter.path = message.path();
    if (message.has_scale()) adapter.scale = message.scale();
  }
  return adapters;
}

v1::FinishReason ToProto(FinishReason reason) {
  switch (reason) {
    case FinishReason::kEndOfText:
      return v1::FINISH_REASON_END_OF_TEXT;
    case FinishReason::kStopString:
      return v1::FINISH_REASON_STOP_STRING;
    case FinishReason::kLength:
      return v1::FINISH_REASON_LENGTH;
    case FinishReason::kToolCalls:
      return v1::FINISH_REASON_TOOL_CALLS;
  }
  return v1::FINISH_REASON_UNSPECIFIED;
}

FinishReason FromProto(v1::FinishReason reason) {
  switch (reason) {
    case v1::FINISH_REASON_STOP_STRING:
      return FinishReason::kStopString;
    case v1::FINISH_REASON_LENGTH:
      return FinishReason::kLength;
    case v1::FINISH_REASON_TOOL_CALLS:
      return FinishReason::kToolCalls;
    default:
      return FinishReason::kEndOfText;
  }
}

v1::Queued ToProto(const Queued& queued) {
  v1::Queued message;
  message.set_position(Int32(queued.position));
  return message;
}

Queued FromProto(const v1::Queued& message) { return {message.position()}; }

v1::PromptProgress ToProto(const PromptProgress& progress) {
  v1::PromptProgress message;
  message.set_processed_tokens(Int32(progress.processed_tokens));
  message.set_total_tokens(Int32(progress.total_tokens));
  message.set_cached_tokens(Int32(progress.cached_tokens));
  return message;
}

PromptProgress FromProto(const v1::PromptProgress& message) {
  return {.processed_tokens = message.processed_tokens(),
          .total_tokens = message.total_tokens(),
          .cached_tokens = message.cached_tokens()};
}

v1::Token ToProto(const Token& token) {
  v1::Token message;
  message.set_text(token.text);
  message.set_token_count(Int32(token.token_count));
  for (const TokenLogprob& logprob : token.logprobs) {
    *message.add_logprobs() = ToProto(logprob);
  }
  return message;
}

Token FromProto(const v1::Token& message) {
  Token token = {.text = message.text(), .token_count = message.token_count()};
  for (const v1::TokenLogprob& logprob : message.logprobs()) {
    token.logprobs.push_back(FromProto(logprob));
  }
  return token;
}

v1::Reasoning ToProto(const Reasoning& reasoning) {
  v1::Reasoning message;
  message.set_text(reasoning.text);
  message.set_token_count(Int32(reasoning.token_count));
  return message;
}

Reasoning FromProto(const v1::Reasoning& message) {
  return {.text = message.text(), .token_count = message.token_count()};
}

}  // namespace hwledger
