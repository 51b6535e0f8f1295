#include "server/engine_convert.h"

#include "server/inference_convert.h"
#include "server/int32.h"
#include "server/split_mode_convert.h"

namespace hwledger {

runner::v1::EngineOptions ToProto(const EngineOptions& options) {
  runner::v1::EngineOptions message;
  message.set_sequence_length(Int32(options.sequence_length));
  message.set_slot_count(Int32(options.slot_count));
  message.set_outputs_per_slot(Int32(options.outputs_per_slot));
  message.set_kv_cache_type_k(options.kv_cache_type_k);
  message.set_kv_cache_type_v(options.kv_cache_type_v);
  message.set_flash_attention(ToProto(options.flash_attention));
  message.set_micro_batch_size(Int32(options.micro_batch_size));
  message.set_gpu_layers(Int32(options.gpu_layers));
  message.set_thread_count(Int32(options.thread_count));
  message.set_kv_unified(options.kv_unified);
  message.set_swa_full(options.swa_full);
  message.set_cpu_moe_layers(Int32(options.cpu_moe_layers));
  message.set_split_mode(ToProto(options.split_mode));
  return message;
}

EngineOptions FromProto(const runner::v1::EngineOptions& message) {
  return {
      .sequence_length = message.sequence_length(),
      .slot_count = message.slot_count(),
      .outputs_per_slot = message.outputs_per_slot(),
      .kv_cache_type_k = message.kv_cache_type_k(),
      .kv_cache_type_v = message.kv_cache_type_v(),
      .flash_attention = FromProto(message.flash_attention()),
      .micro_batch_size = message.micro_batch_size(),
      .gpu_layers = message.gpu_layers(),
      .cpu_moe_layers = message.cpu_moe_layers(),
      .split_mode = FromProto(message.split_mode()),
      .thread_count = message.thread_count(),
      .kv_unified = message.kv_unified(),
      .swa_full = message.swa_full(),
  };
}

runner::v1::ServingOptions ToProto(const ServingOptions& options) {
  runner::v1::ServingOptions message;
  message.set_prefix_cache_bytes(options.prefix_cache_max.count());
  message.set_ngram_lookup(options.ngram_lookup);
  message.set_draft_path(options.draft_path);
  message.set_draft_tokens_max(Int32(options.draft_tokens_max));
  return message;
}

ServingOptions FromProto(const runner::v1::ServingOptions& message) {
  return {
      .prefix_cache_max = Bytes(message.prefix_cache_bytes()),
      .ngram_lookup = message.ngram_lookup(),
      .draft_path = message.draft_path(),
      .draft_tokens_max = message.draft_tokens_max(),
  };
}

runner::v1::DeviceUse ToProto(const DeviceUse& use) {
  runner::v1::DeviceUse message;
  message.set_name(use.name);
  message.set_is_host(use.is_host);
  message.set_weights_bytes(use.weights.count());
  message.set_kv_cache_bytes(use.kv_cache.count());
  message.set_compute_buffer_bytes(use.compute_buffer.count());
  message.set_output_buffer_bytes(use.output_buffer.count());
  return message;
}

DeviceUse FromProto(const runner::v1::DeviceUse& message) {
  return {
      .name = message.name(),
      .is_host = message.is_host(),
      .weights = Bytes(message.weights_bytes()),
      .kv_cache = Bytes(message.kv_cache_bytes()),
      .compute_buffer = Bytes(message.compute_buffer_bytes()),
      .output_buffer = Bytes(message.output_buffer_bytes()),
  };
}

runner::v1::ProjectorUse ToProto(const ProjectorUse& use) {
  runner::v1::ProjectorUse message;
  message.set_name(use.name);
  message.set_is_host(use.is_host);
  message.set_total_bytes(use.total.count());
  return message;
}

ProjectorUse FromProto(const runner::v1::ProjectorUse& message) {
  return {.name = message.name(),
          .is_host = message.is_host(),
          .total = Bytes(message.total_bytes())};
}

runner::v1::Ready ToProto(const Ready& ready) {
  runner::v1::Ready message;
  for (const DeviceUse& use : ready.devices) {
    *message.add_devices() = ToProto(use);
  }
  message.set_has_chat_template(ready.has_chat_template);
  return message;
}

Ready FromProto(const runner::v1::Ready& message) {
  Ready ready;
  for (const runner::v1::DeviceUse& use : message.devices()) {
    ready.devices.push_back(FromProto(use));
  }
  ready.has_chat_template = message.has_chat_template();
  return ready;
}

runner::v1::Pulse ToProto(const Pulse& pulse) {
  runner::v1::Pulse message;
  message.set_look_count(pulse.look_count);
  message.set_is_computing(pulse.is_computing);
  return message;
}

Pulse FromProto(const runner::v1::Pulse& message) {
  return {.look_count = message.look_count(),
          .is_computing = message.is_computing()};
}

}  // namespace hwledger
