#include "server/library_convert.h"

#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "core/host_memory.h"
#include "core/utf8.h"
#include "server/inference_convert.h"
#include "server/int32.h"

namespace hwledger {
namespace {

v1::LoadState ToProto(LoadState state) {
  switch (state) {
    case LoadState::kLoading:
      return v1::LOAD_STATE_LOADING;
    case LoadState::kReady:
      return v1::LOAD_STATE_READY;
    case LoadState::kUnloading:
      return v1::LOAD_STATE_UNLOADING;
    case LoadState::kEnded:
      return v1::LOAD_STATE_UNSPECIFIED;
  }
  return v1::LOAD_STATE_UNSPECIFIED;
}

v1::ModelSource ToProto(ModelSource source) {
  switch (source) {
    case ModelSource::kCatalogue:
      return v1::MODEL_SOURCE_CATALOGUE;
    case ModelSource::kGguf:
      return v1::MODEL_SOURCE_GGUF;
    case ModelSource::kDemo:
      return v1::MODEL_SOURCE_DEMO;
    case ModelSource::kFolder:
      return v1::MODEL_SOURCE_FOLDER;
    case ModelSource::kHuggingFace:
      return v1::MODEL_SOURCE_HUGGING_FACE;
    case ModelSource::kOllama:
      return v1::MODEL_SOURCE_OLLAMA;
    case ModelSource::kLmStudio:
      return v1::MODEL_SOURCE_LM_STUDIO;
    case ModelSource::kLlamaCpp:
      return v1::MODEL_SOURCE_LLAMA_CPP;
    case ModelSource::kConfig:
      return v1::MODEL_SOURCE_UNSPECIFIED;  // In no library.
  }
  return v1::MODEL_SOURCE_UNSPECIFIED;
}

v1::TimeHistogram ToProto(const TimeHistogram& histogram) {
  v1::TimeHistogram message;
  for (const absl::Duration bound : TimeHistogram::kBounds) {
    message.add_bounds_seconds(absl::ToDoubleSeconds(bound));
  }
  message.mutable_counts()->Add(histogram.counts().begin(),
                                histogram.counts().end());
  message.set_sum_seconds(absl::ToDoubleSeconds(histogram.sum()));
  return message;
}

v1::ModelCounts ToProto(const ModelCounts& counts, int64_t running_count) {
  v1::ModelCounts message;
  message.set_started_count(counts.finished_count + counts.cancelled_count +
                            counts.failed_count + running_count);
  message.set_finished_count(counts.finished_count);
  message.set_cancelled_count(counts.cancelled_count);
  message.set_failed_count(counts.failed_count);
  message.set_prompt_tokens(counts.prompt_tokens);
  message.set_cached_prompt_tokens(counts.cached_prompt_tokens);
  message.set_completion_tokens(counts.completion_tokens);
  message.set_restart_count(counts.restart_count);
  *message.mutable_queue_times() = ToProto(counts.queue_times);
  *message.mutable_times_to_first_token() =
      ToProto(counts.times_to_first_token);
  *message.mutable_token_times() = ToProto(counts.token_times);
  return message;
}

v1::StoredTensors ToProto(const StoredTensors& stored) {
  v1::StoredTensors message;
  message.set_total_bytes(stored.size.count());
  message.set_tensor_count(stored.tensor_count);
  message.set_element_count(stored.element_count);
  for (const auto& [dtype, size] : stored.size_by_dtype) {
    v1::StoredDtype& part = *message.add_dtypes();
    part.set_dtype(dtype);
    part.set_bytes(size.count());
  }
  return message;
}

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  const absl::Duration since_epoch = time - absl::UnixEpoch();
  absl::Duration rest;
  google::protobuf::Timestamp message;
  message.set_seconds(absl::IDivDuration(since_epoch, absl::Seconds(1), &rest));
  message.set_nanos(Int32(absl::ToInt64Nanoseconds(rest)));
  return message;
}

LoadRequest FromProto(const std::string& model_id,
                      const v1::LoadOptions& options) {
  LoadRequest request = {.model_id = model_id};
  if (options.has_sequence_length()) {
    request.sequence_length = options.sequence_length();
  }
  if (options.has_batch_size()) request.slot_count = options.batch_size();
  if (options.has_kv_cache_type_k()) {
    request.kv_cache_type_k = absl::AsciiStrToLower(options.kv_cache_type_k());
  }
  if (options.has_kv_cache_type_v()) {
    request.kv_cache_type_v = absl::AsciiStrToLower(options.kv_cache_type_v());
  }
  if (options.has_micro_batch_size()) {
    request.micro_batch_size = options.micro_batch_size();
  }
  if (options.has_gpu_layers()) request.gpu_layers = options.gpu_layers();
  if (options.has_thread_count()) request.thread_count = options.thread_count();
  if (options.has_flash_attention()) {
    request.flash_attention = FromProto(options.flash_attention());
  }
  if (options.has_kv_unified()) request.kv_unified = options.kv_unified();
  if (options.has_swa_full()) request.swa_full = options.swa_full();
  if (options.has_cpu_moe_layers()) {
    request.cpu_moe_layers = options.cpu_moe_layers();
  }
  request.lora_adapters = FromProto(options.lora_adapters());
  request.draft_model_id = options.draft_model_id();
  if (options.has_ngram_lookup()) {
    request.ngram_lookup = options.ngram_lookup();
  }
  if (options.has_draft_tokens_max()) {
    request.draft_tokens_max = options.draft_tokens_max();
  }
  if (options.has_prefix_cache_bytes()) {
    request.prefix_cache_bytes = options.prefix_cache_bytes();
  }
  if (options.has_idle_ttl()) {
    request.idle_ttl = FromProto(options.idle_ttl());
  }
  if (options.has_pinned()) request.pinned = options.pinned();
  return request;
}

v1::LoadedModel ToProto(const RunnerSnapshot& snapshot, absl::Time now) {
  const LoadPlan& plan = snapshot.plan;
  v1::LoadedModel message;
  message.set_model_id(plan.model_id);
  message.set_path(plan.path);
  message.set_state(ToProto(snapshot.state));
  message.set_sequence_length(Int32(plan.options.sequence_length));
  message.set_batch_size(Int32(plan.options.slot_count));
  const int64_t active =
      std::min(snapshot.generation_count, plan.options.slot_count);
  message.set_active_requests(Int32(active));
  message.set_queued_requests(Int32(snapshot.generation_count - active));
  v1::MemoryUse& memory = *message.mutable_memory();
  memory.set_predicted_bytes(plan.predicted().count());
  memory.set_measured_bytes(TotalOf(snapshot.measured).count());
  if (const auto resident = ReadResidentMemory(snapshot.process_id)) {
    memory.set_resident_bytes(resident->count());
  }
  message.set_process_id(Int32(snapshot.process_id));
  if (snapshot.state == LoadState::kReady) {
    *message.mutable_loaded_at() = ToProto(snapshot.ready_at);
  }
  *message.mutable_counts() =
      ToProto(snapshot.counts, snapshot.generation_count);
  const Retention& retention = snapshot.retention;
  message.set_pinned(retention.pinned);
  if (retention.idle_ttl == absl::InfiniteDuration()) return message;
  *message.mutable_idle_ttl() = ToProto(retention.idle_ttl);
  if (snapshot.idle_since && !retention.pinned) {
    const absl::Duration left = *snapshot.idle_since + retention.idle_ttl - now;
    *message.mutable_idle_time_left() =
        ToProto(std::max(absl::ZeroDuration(), left));
  }
  return message;
}

v1::Model ToProto(const KnownModel& model) {
  v1::Model message;
  message.set_model_id(WithValidUtf8(model.model_id));
  message.set_source(ToProto(model.source));
  if (!model.path.empty()) {
    message.set_path(WithValidUtf8(model.path));
    message.set_size_on_disk_bytes(model.size_on_disk.count());
  }
  if (!model.reference.empty()) message.set_reference(model.reference);
  if (model.shape.ok()) {
    const ModelShape& shape = *model.shape;
    message.set_architecture(WithValidUtf8(shape.architecture));
    message.set_parameter_count(shape.parameter_count);
    message.set_max_sequence_length(shape.context_tokens_max);
    message.set_quantization(shape.quantization);
  }
  Bytes size;
  for (const GgufTensor& tensor : model.header.tensors) size += tensor.size();
  message.set_size_bytes(size.count());
  if (model.stored) *message.mutable_stored_tensors() = ToProto(*model.stored);
  for (const std::string& path : model.projector_paths) {
    message.add_projector_paths(WithValidUtf8(path));
  }
  for (const std::string& path : model.adapter_paths) {
    message.add_adapter_paths(WithValidUtf8(path));
  }
  for (const std::string& warning : model.warnings) {
    message.add_warnings(WithValidUtf8(warning));
  }
  return message;
}

v1::Model ToProto(const ListedModel& listed, const KnownModel* known) {
  v1::Model message;
  if (known != nullptr) message = ToProto(*known);
  message.set_model_id(WithValidUtf8(listed.model_id));
  message.set_source(ToProto(listed.source));
  if (!listed.path.empty()) {
    message.set_path(WithValidUtf8(listed.path));
    message.set_size_on_disk_bytes(listed.size_on_disk.count());
  }
  if (!listed.problem.empty()) {
    message.set_problem(WithValidUtf8(listed.problem));
  }
  return message;
}

}  // namespace hwledger
