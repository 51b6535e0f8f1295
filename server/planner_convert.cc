#include "server/planner_convert.h"

#include <algorithm>
#include <iterator>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/launch.h"
#include "core/planner/explanation.h"
#include "core/utf8.h"
#include "server/inference_convert.h"
#include "server/int32.h"

namespace hwledger {
namespace {

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnknown:
      return v1::VERDICT_UNSPECIFIED;
    case Verdict::kFits:
      return v1::VERDICT_FITS;
    case Verdict::kTight:
      return v1::VERDICT_TIGHT;
    case Verdict::kDoesNotFit:
      return v1::VERDICT_DOES_NOT_FIT;
  }
  return v1::VERDICT_UNSPECIFIED;
}

v1::LayerKind ToProto(LayerKind kind) {
  switch (kind) {
    case LayerKind::kFullAttention:
      return v1::LAYER_KIND_FULL_ATTENTION;
    case LayerKind::kSlidingWindow:
      return v1::LAYER_KIND_SLIDING_WINDOW;
    case LayerKind::kChunkedAttention:
      return v1::LAYER_KIND_CHUNKED_ATTENTION;
    case LayerKind::kLatentAttention:
      return v1::LAYER_KIND_LATENT_ATTENTION;
    case LayerKind::kRecurrent:
      return v1::LAYER_KIND_RECURRENT;
    case LayerKind::kHybrid:
      return v1::LAYER_KIND_HYBRID;
    case LayerKind::kNoCache:
      return v1::LAYER_KIND_NO_CACHE;
  }
  return v1::LAYER_KIND_UNSPECIFIED;
}

v1::MemoryPart ToProto(PlanPart part) {
  switch (part) {
    case PlanPart::kWeights:
      return v1::MEMORY_PART_WEIGHTS;
    case PlanPart::kKvCache:
      return v1::MEMORY_PART_KV_CACHE;
    case PlanPart::kRuntimeOverhead:
      return v1::MEMORY_PART_RUNTIME_OVERHEAD;
  }
  return v1::MEMORY_PART_UNSPECIFIED;
}

v1::MemoryPart ToProto(RuntimePartKind kind) {
  switch (kind) {
    case RuntimePartKind::kWeights:
      return v1::MEMORY_PART_WEIGHTS;
    case RuntimePartKind::kKvCache:
      return v1::MEMORY_PART_KV_CACHE;
    case RuntimePartKind::kActivations:
    case RuntimePartKind::kOverhead:
      return v1::MEMORY_PART_RUNTIME_OVERHEAD;
  }
  return v1::MEMORY_PART_UNSPECIFIED;
}

v1::AdditionKind ToProto(AdditionKind kind) {
  switch (kind) {
    case AdditionKind::kProjector:
      return v1::ADDITION_KIND_MMPROJ;
    case AdditionKind::kLoraAdapter:
      return v1::ADDITION_KIND_LORA_ADAPTER;
    case AdditionKind::kDraftModel:
      return v1::ADDITION_KIND_DRAFT_MODEL;
  }
  return v1::ADDITION_KIND_UNSPECIFIED;
}

v1::TokenRate ToProto(const TokenRate& rate) {
  v1::TokenRate message;
  message.set_low_tokens_per_second(rate.low);
  message.set_high_tokens_per_second(rate.high);
  message.set_binding_term(rate.binding_term == BindingTerm::kCompute
                               ? v1::BINDING_TERM_COMPUTE
                               : v1::BINDING_TERM_MEMORY_BANDWIDTH);
  return message;
}

v1::ByteRange ToProto(const MemoryRange& range) {
  v1::ByteRange message;
  message.set_low_bytes(range.low.count());
  message.set_high_bytes(range.high.count());
  return message;
}

v1::LaunchCommands ToProto(const Launch& launch) {
  v1::LaunchCommands message;
  if (!launch.llama_server.empty()) {
    message.set_llama_server(launch.llama_server);
  }
  if (!launch.vllm.empty()) message.set_vllm(launch.vllm);
  for (const std::string& note : launch.notes) {
    message.add_notes(WithValidUtf8(note));
  }
  return message;
}

v1::Calibration ToProto(const Calibration& calibration) {
  v1::Calibration message;
  message.set_decode_count(Int32(calibration.decode_count));
  message.set_decode_ratio(calibration.decode_ratio);
  message.set_prefill_count(Int32(calibration.prefill_count));
  message.set_prefill_ratio(calibration.prefill_ratio);
  return message;
}

void AddThroughput(const Throughput& bound, const Calibration& calibration,
                   v1::MemoryPrediction& prediction) {
  // Whatever is known at all, the rate of one sequence is.
  if (!bound.decode) return;
  const Throughput throughput = Calibrated(bound, calibration);
  v1::Throughput& message = *prediction.mutable_throughput();
  if (calibration.decode_count > 0 || calibration.prefill_count > 0) {
    *message.mutable_calibration() = ToProto(calibration);
  }
  *message.mutable_decode() = ToProto(*throughput.decode);
  if (throughput.prefill) {
    *message.mutable_prefill() = ToProto(*throughput.prefill);
  }
  if (throughput.decode_all) {
    *message.mutable_decode_all() = ToProto(*throughput.decode_all);
  }
}

v1::DevicePrediction ToProto(const DevicePlan& plan) {
  v1::DevicePrediction message;
  message.set_name(plan.device.name);
  message.set_kind(ToProto(plan.device.kind));
  message.set_weights_bytes(plan.weights.count());
  message.set_kv_cache_bytes(plan.kv_cache.count());
  message.set_compute_buffer_bytes(plan.compute_buffer.count());
  message.set_output_buffer_bytes(plan.output_buffer.count());
  message.set_backend_context_bytes(plan.backend_context.count());
  message.set_total_bytes(plan.total().count());
  if (plan.device.free) message.set_free_bytes(plan.device.free->count());
  message.set_verdict(ToProto(plan.verdict));
  message.set_layer_count(Int32(plan.layer_count));
  return message;
}

v1::AdditionPrediction ToProto(const AdditionPlan& addition) {
  DevicePlan sum;
  for (const DevicePlan& share : addition.devices) sum.Add(share);
  v1::AdditionPrediction message;
  message.set_kind(ToProto(addition.kind));
  message.set_model_id(WithValidUtf8(addition.model_id));
  message.set_weights_bytes(sum.weights.count());
  message.set_kv_cache_bytes(sum.kv_cache.count());
  message.set_compute_buffer_bytes(sum.compute_buffer.count());
  message.set_output_buffer_bytes(sum.output_buffer.count());
  message.set_total_bytes(sum.total().count());
  return message;
}

// Sums the devices' shares up.
void AddTotals(const MemoryPlan& plan, v1::MemoryPrediction& message) {
  DevicePlan sum;
  for (const DevicePlan& share : plan.devices) sum.Add(share);
  const Bytes overhead =
      sum.compute_buffer + sum.output_buffer + sum.backend_context;
  message.set_weights_mb(sum.weights.mebibytes());
  message.set_kv_cache_mb(sum.kv_cache.mebibytes());
  message.set_runtime_overhead_mb(overhead.mebibytes());
  message.set_total_mb(sum.total().mebibytes());
  message.set_weights_bytes(sum.weights.count());
  message.set_kv_cache_bytes(sum.kv_cache.count());
  message.set_runtime_overhead_bytes(overhead.count());
  message.set_total_bytes(sum.total().count());
  message.set_compute_buffer_bytes(sum.compute_buffer.count());
  message.set_output_buffer_bytes(sum.output_buffer.count());
  message.set_backend_context_bytes(sum.backend_context.count());
}

// Per device, of which all have the same.
void AddRuntimeTerms(const RuntimeMemory& memory,
                     v1::MemoryPrediction& prediction) {
  for (const RuntimePart& part : memory.parts) {
    v1::MemoryTerm& term = *prediction.add_terms();
    term.set_part(ToProto(part.kind));
    term.set_name(std::string(part.name));
    term.set_formula(part.formula);
    term.set_size_bytes(part.size.expected.count());
    *term.mutable_range() = ToProto(part.size);
  }
}

v1::ModelSummary Summary(const KnownModel& model, const ModelShape& shape) {
  v1::ModelSummary message;
  message.set_model_id(model.model_id);
  message.set_name(WithValidUtf8(shape.name));
  message.set_architecture(WithValidUtf8(shape.architecture));
  message.set_parameter_count(shape.parameter_count);
  message.set_active_parameter_count(shape.active_parameter_count);
  message.set_layer_count(Int32(std::ssize(shape.layers)));
  message.set_max_sequence_length(shape.context_tokens_max);
  message.set_vocabulary_size(shape.vocabulary_size);
  message.set_quantization(shape.quantization);
  return message;
}

}  // namespace

v1::PredictionMethod ToProto(PredictionMethod method) {
  return method == PredictionMethod::kDryRun ? v1::PREDICTION_METHOD_DRY_RUN
                                             : v1::PREDICTION_METHOD_ANALYTIC;
}

v1::MemoryPrediction ToProto(const EstimateRequest& request,
                             const Estimate& estimate) {
  const MemoryPlan& plan = estimate.plan;
  v1::MemoryPrediction message;
  AddTotals(plan, message);
  for (const DevicePlan& share : plan.devices) {
    *message.add_devices() = ToProto(share);
  }
  for (const AdditionPlan& addition : plan.additions) {
    *message.add_additions() = ToProto(addition);
  }
  *message.mutable_model() = Summary(*estimate.model, estimate.shape());
  AddThroughput(plan.throughput, estimate.calibration, message);
  if (estimate.calibration.overhead_count > 0) {
    v1::MeasuredOverhead& overhead = *message.mutable_measured_overhead();
    overhead.set_load_count(Int32(estimate.calibration.overhead_count));
    overhead.set_resident_bytes(estimate.calibration.overhead.count());
  }
  message.set_max_sequence_length(plan.sequence_length_max);
  message.set_method(ToProto(plan.method));
  message.set_verdict(ToProto(plan.verdict));
  for (const std::string& warning : plan.warnings) {
    message.add_warnings(WithValidUtf8(warning));
  }
  if (estimate.total) {
    *message.mutable_total_range() = ToProto(*estimate.total);
  }
  if (estimate.format) {
    message.mutable_model()->set_quantization(
        request.quantization.empty()
            ? std::string(NameOf(estimate.format->precision))
            : request.quantization);
  }
  *message.mutable_launch() = ToProto(LaunchOf(request, estimate));
  return message;
}

void AddLayers(const Estimate& estimate, v1::MemoryPrediction& prediction) {
  int32_t index = 0;
  for (const LayerPlan& layer : estimate.plan.layers) {
    v1::LayerPrediction& message = *prediction.add_layers();
    message.set_index(index++);
    message.set_kind(ToProto(layer.kind));
    message.set_weights_bytes(layer.weights.count());
    message.set_kv_cache_bytes(layer.kv_cache.count());
    message.set_device(
        estimate.plan.devices[static_cast<size_t>(layer.device)].device.name);
  }
}

void AddTerms(const EstimateRequest& request, const Estimate& estimate,
              v1::MemoryPrediction& prediction) {
  if (estimate.per_device) {
    AddRuntimeTerms(*estimate.per_device, prediction);
    return;
  }
  for (const Term& term : Explain(
           estimate.shape(), OptionsBeside(estimate.additions, request.options),
           estimate.plan)) {
    v1::MemoryTerm& message = *prediction.add_terms();
    message.set_part(ToProto(term.part));
    message.set_name(WithValidUtf8(term.name));
    message.set_formula(term.formula);
    message.set_size_bytes(term.size.count());
  }
}

}  // namespace hwledger
