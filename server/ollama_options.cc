#include "server/ollama_options.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/field_error.h"
#include "nlohmann/json.hpp"
#include "server/generation_fields.h"
#include "server/inference_convert.h"

namespace hwledger {
namespace {

using nlohmann::json;

// The contract's, and Ollama's "for ever".
constexpr absl::Duration kKeptMin = absl::Seconds(1);
constexpr absl::Duration kKeptMax =
    absl::Nanoseconds(std::numeric_limits<int64_t>::max());

absl::Status ReadMirostat(const JsonFields& options, v1::Sampling& sampling) {
  ABSL_ASSIGN_OR_RETURN(const auto version, options.Integer("mirostat"));
  ABSL_ASSIGN_OR_RETURN(const auto tau, options.Number("mirostat_tau"));
  ABSL_ASSIGN_OR_RETURN(const auto eta, options.Number("mirostat_eta"));
  if (version.value_or(0) == 0) return absl::OkStatus();
  if (*version != 2) {
    return FieldError(options.PlaceOf("mirostat"),
                      absl::StrCat("must be 0 or 2; got ", *version));
  }
  v1::Mirostat& mirostat = *sampling.mutable_mirostat();
  if (tau) mirostat.set_tau(*tau);
  if (eta) mirostat.set_eta(*eta);
  return absl::OkStatus();
}

// Where 0 and -1 leave the choice to the server.
absl::StatusOr<std::optional<int32_t>> UnlessOpen(const JsonFields& options,
                                                  std::string_view name) {
  ABSL_ASSIGN_OR_RETURN(auto value, options.SmallInteger(name));
  if (value == 0 || value == -1) value.reset();
  return value;
}

absl::Status ReadPlacement(const JsonFields& options, v1::LoadOptions& load) {
  ABSL_ASSIGN_OR_RETURN(const auto layers, options.SmallInteger("num_gpu"));
  if (layers && *layers != -1) load.set_gpu_layers(*layers);
  ABSL_ASSIGN_OR_RETURN(const auto main_gpu, options.SmallInteger("main_gpu"));
  ABSL_ASSIGN_OR_RETURN(const bool use_mmap,
                        options.Flag("use_mmap", /*absent=*/true));
  if (main_gpu.value_or(0) != 0) {
    return FieldError(options.PlaceOf("main_gpu"),
                      absl::StrCat("must be 0; got ", *main_gpu));
  }
  if (use_mmap) return absl::OkStatus();
  return FieldError(options.PlaceOf("use_mmap"), "must be true; got false");
}

}  // namespace

absl::Status ReadOllamaSampling(const JsonFields& fields,
                                v1::RunInferenceRequest& request) {
  ABSL_ASSIGN_OR_RETURN(const auto options, fields.Object("options"));
  if (!options) return absl::OkStatus();
  v1::Sampling& sampling = *request.mutable_sampling();
  ABSL_RETURN_IF_ERROR(ReadSampling(*options, sampling));
  // Theirs for none.
  if (sampling.seed() < 0) sampling.clear_seed();
  ABSL_ASSIGN_OR_RETURN(const auto typical_p, options->Number("typical_p"));
  if (typical_p) sampling.set_typical_p(*typical_p);
  ABSL_ASSIGN_OR_RETURN(const auto repeat_penalty,
                        options->Number("repeat_penalty"));
  if (repeat_penalty) sampling.set_repetition_penalty(*repeat_penalty);
  ABSL_ASSIGN_OR_RETURN(const auto repeat_last_n,
                        options->SmallInteger("repeat_last_n"));
  if (repeat_last_n) sampling.set_penalty_last_tokens(*repeat_last_n);
  ABSL_RETURN_IF_ERROR(ReadMirostat(*options, sampling));
  ABSL_RETURN_IF_ERROR(ReadStops(*options, request));
  // Negative: to the end of the text, or of the context.
  ABSL_ASSIGN_OR_RETURN(const auto num_predict,
                        options->SmallInteger("num_predict"));
  if (num_predict && *num_predict >= 0) request.set_max_tokens(*num_predict);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<absl::Duration>> ReadKeepAlive(
    const JsonFields& fields) {
  const json* value = fields.Find("keep_alive");
  if (value == nullptr) return std::nullopt;
  absl::Duration time;
  if (value->is_number()) {
    time = absl::Seconds(value->get<double>());
  } else if (!value->is_string() ||
             !absl::ParseDuration(value->get<std::string>(), &time)) {
    return MustBe(fields.PlaceOf("keep_alive"),
                  "seconds, or a duration such as \"5m\"", *value);
  }
  return time < absl::ZeroDuration() ? kKeptMax : std::min(time, kKeptMax);
}

absl::Status ReadOllamaLoad(const JsonFields& fields, v1::LoadOptions& load) {
  ABSL_ASSIGN_OR_RETURN(const auto keep_alive, ReadKeepAlive(fields));
  if (keep_alive) {
    *load.mutable_idle_ttl() = ToProto(std::max(*keep_alive, kKeptMin));
  }
  ABSL_ASSIGN_OR_RETURN(const auto options, fields.Object("options"));
  if (!options) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const auto num_ctx, UnlessOpen(*options, "num_ctx"));
  if (num_ctx) load.set_sequence_length(*num_ctx);
  ABSL_ASSIGN_OR_RETURN(const auto num_batch,
                        UnlessOpen(*options, "num_batch"));
  if (num_batch) load.set_micro_batch_size(*num_batch);
  ABSL_ASSIGN_OR_RETURN(const auto num_thread,
                        UnlessOpen(*options, "num_thread"));
  if (num_thread) load.set_thread_count(*num_thread);
  return ReadPlacement(*options, load);
}

}  // namespace hwledger
