#include "server/ledger_convert.h"

#include <string>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/utf8.h"
#include "server/inference_convert.h"
#include "server/int32.h"
#include "server/library_convert.h"
#include "server/outcome_convert.h"
#include "server/planner_convert.h"

namespace hwledger {
namespace {

constexpr int64_t kDefaultPageSize = 100;
constexpr int64_t kPageSizeMax = 1000;

// Sets the fields of a query that say which page.
template <typename Request, typename Query>
absl::Status ReadPage(const Request& request, Query& query) {
  const int64_t size = request.page_size();
  if (size < 0 || size > kPageSizeMax) {
    return FieldError("page_size", absl::StrCat("must be 0 to ", kPageSizeMax,
                                                "; got ", size));
  }
  query.count_max = (size == 0 ? kDefaultPageSize : size) + 1;
  if (!request.page_token().empty() &&
      !absl::SimpleAtoi(request.page_token(), &query.before_id)) {
    return FieldError("page_token",
                      absl::StrCat("must be from an earlier answer; got \"",
                                   request.page_token(), "\""));
  }
  return absl::OkStatus();
}

v1::LedgerTerm ToProto(const LedgerTerm& term) {
  v1::LedgerTerm message;
  message.set_name(term.name);
  message.set_predicted_bytes(term.predicted.count());
  if (!term.measured) return message;
  message.set_measured_bytes(term.measured->count());
  if (const auto error = ErrorPercent(term.predicted, *term.measured)) {
    message.set_error_percent(*error);
  }
  return message;
}

v1::LoadOptions ToProto(const EngineOptions& options) {
  v1::LoadOptions message;
  message.set_sequence_length(Int32(options.sequence_length));
  message.set_batch_size(Int32(options.slot_count));
  message.set_kv_cache_type_k(options.kv_cache_type_k);
  message.set_kv_cache_type_v(options.kv_cache_type_v);
  message.set_micro_batch_size(Int32(options.micro_batch_size));
  message.set_gpu_layers(Int32(options.gpu_layers));
  message.set_thread_count(Int32(options.thread_count));
  message.set_flash_attention(hwledger::ToProto(options.flash_attention));
  message.set_kv_unified(options.kv_unified);
  message.set_swa_full(options.swa_full);
  message.set_cpu_moe_layers(Int32(options.cpu_moe_layers));
  return message;
}

void AddDevices(const LedgerEntry& entry, v1::LedgerEntry& message) {
  for (const LedgerTerm& term : entry.terms) {
    if (term.device.empty()) continue;
    const auto& devices = message.devices();
    if (devices.empty() || devices.rbegin()->name() != term.device) {
      message.add_devices()->set_name(term.device);
    }
    *message.mutable_devices()->rbegin()->add_terms() = ToProto(term);
  }
}

}  // namespace

absl::StatusOr<LedgerQuery> FromProto(const v1::ListEntriesRequest& request) {
  LedgerQuery query = {.model_id = request.model_id()};
  ABSL_RETURN_IF_ERROR(ReadPage(request, query));
  return query;
}

absl::StatusOr<GenerationQuery> FromProto(
    const v1::ListGenerationsRequest& request) {
  GenerationQuery query = {.model_id = request.model_id(),
                           .load_id = request.entry_id()};
  ABSL_RETURN_IF_ERROR(ReadPage(request, query));
  if (query.load_id < 0) {
    return FieldError(
        "entry_id", absl::StrCat("must not be negative; got ", query.load_id));
  }
  return query;
}

v1::LedgerEntry ToProto(const LedgerEntry& entry) {
  v1::LedgerEntry message;
  message.set_entry_id(entry.id);
  *message.mutable_loaded_at() = hwledger::ToProto(entry.loaded_at);
  message.set_model_id(WithValidUtf8(entry.model_id));
  message.set_architecture(WithValidUtf8(entry.architecture));
  message.set_quantization(WithValidUtf8(entry.quantization));
  message.set_sequence_length(Int32(entry.sequence_length));
  message.set_batch_size(Int32(entry.slot_count));
  message.set_method(ToProto(entry.method));
  message.set_load_milliseconds(absl::ToInt64Milliseconds(entry.load_time));
  message.set_predicted_bytes(entry.predicted().count());
  message.set_measured_bytes(entry.measured().count());
  if (const auto error = entry.error_percent()) {
    message.set_error_percent(*error);
  }
  for (const LedgerTerm& term : entry.sums()) {
    *message.add_terms() = ToProto(term);
  }
  message.set_model_digest(entry.model_digest);
  if (entry.options) *message.mutable_options() = ToProto(*entry.options);
  AddDevices(entry, message);
  if (entry.peak_resident) {
    message.set_peak_resident_bytes(entry.peak_resident->count());
  }
  if (entry.ended_at) {
    *message.mutable_ended_at() = hwledger::ToProto(*entry.ended_at);
  }
  return message;
}

v1::GenerationEntry ToProto(const GenerationEntry& entry) {
  const GenerationOutcome& outcome = entry.outcome;
  v1::GenerationEntry message;
  message.set_generation_id(entry.id);
  message.set_model_id(WithValidUtf8(entry.model_id));
  if (entry.load_id) message.set_entry_id(*entry.load_id);
  *message.mutable_arrived_at() = hwledger::ToProto(outcome.arrived_at);
  *message.mutable_total_time() = hwledger::ToProto(outcome.total_time);
  message.set_status_code(static_cast<int32_t>(outcome.code));
  if (outcome.code == absl::StatusCode::kOk) {
    message.set_finish_reason(hwledger::ToProto(outcome.finish_reason));
  }
  *message.mutable_usage() = UsageOf(outcome);
  *message.mutable_timings() = TimingsOf(outcome);
  return message;
}

}  // namespace hwledger
