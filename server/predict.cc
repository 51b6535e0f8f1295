#include "server/predict.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/option_effect.h"
#include "server/estimate_request_convert.h"
#include "server/int32.h"
#include "server/planner_convert.h"

namespace hwledger {
namespace {

constexpr std::string_view kBase = "base";

absl::StatusOr<std::optional<Bytes>> ReserveOf(
    const v1::FitVramRequest& request) {
  if (!request.has_reserve_bytes()) return std::nullopt;
  if (request.reserve_bytes() >= 0) return Bytes(request.reserve_bytes());
  return FieldError("reserve_bytes", absl::StrCat("must not be negative; got ",
                                                  request.reserve_bytes()));
}

absl::StatusOr<FitAnswer> Solve(const v1::FitVramRequest& request,
                                EstimateRequest base,
                                std::optional<Bytes> reserve,
                                Estimator& estimator) {
  switch (request.goal()) {
    case v1::FIT_GOAL_SEQUENCE_LENGTH:
      return estimator.Fit(std::move(base), FitGoal::kSequenceLength, reserve);
    case v1::FIT_GOAL_BATCH_SIZE:
      return estimator.Fit(std::move(base), FitGoal::kSlotCount, reserve);
    case v1::FIT_GOAL_GPU_LAYERS:
      return estimator.Fit(std::move(base), FitGoal::kGpuLayers, reserve);
    case v1::FIT_GOAL_QUANTIZATION:
      return estimator.FitQuantization(
          std::move(base), reserve,
          {request.quantizations().begin(), request.quantizations().end()});
    default:
      return absl::InternalError("not a goal");
  }
}

// The question with the answer put in, ready to be asked by itself.
v1::EstimateVramRequest Answered(const v1::FitVramRequest& question,
                                 const EstimateRequest& answer) {
  v1::EstimateVramRequest request = question.base();
  request.set_method(v1::PREDICTION_METHOD_ANALYTIC);
  switch (question.goal()) {
    case v1::FIT_GOAL_SEQUENCE_LENGTH:
      request.set_sequence_length(Int32(answer.options.sequence_length));
      break;
    case v1::FIT_GOAL_BATCH_SIZE:
      request.set_batch_size(Int32(answer.options.slot_count));
      break;
    case v1::FIT_GOAL_GPU_LAYERS:
      request.set_gpu_layers(Int32(answer.options.gpu_layers));
      break;
    default:
      request.set_quantization(answer.quantization);
  }
  return request;
}

}  // namespace

absl::StatusOr<v1::MemoryPrediction> Predict(
    const v1::EstimateVramRequest& request, Estimator& estimator) {
  ABSL_ASSIGN_OR_RETURN(const EstimateRequest question, FromProto(request));
  ABSL_ASSIGN_OR_RETURN(const Estimate estimate, estimator.Predict(question));
  ABSL_RETURN_IF_ERROR(ValidateEffect(question, estimate));
  v1::MemoryPrediction prediction = ToProto(question, estimate);
  if (request.include_layers()) AddLayers(estimate, prediction);
  if (request.include_terms()) AddTerms(question, estimate, prediction);
  prediction.set_tag(request.tag());
  return prediction;
}

absl::StatusOr<v1::FitVramResponse> SolveFit(const v1::FitVramRequest& request,
                                             Estimator& estimator) {
  if (request.goal() == v1::FIT_GOAL_UNSPECIFIED ||
      !v1::FitGoal_IsValid(request.goal())) {
    return FieldError(
        "goal", absl::StrCat("must be one of the goals; got ", request.goal()));
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<Bytes> reserve, ReserveOf(request));
  absl::StatusOr<EstimateRequest> base = FromProto(request.base());
  if (!base.ok()) return WithinField(kBase, base.status());
  const absl::StatusOr<FitAnswer> answer =
      Solve(request, *std::move(base), reserve, estimator);
  if (!answer.ok()) return WithinField(kBase, answer.status());
  const absl::Status effect = ValidateEffect(answer->request, answer->estimate);
  if (!effect.ok()) return WithinField(kBase, effect);
  v1::FitVramResponse response;
  response.set_fits(answer->fits);
  *response.mutable_request() = Answered(request, answer->request);
  v1::MemoryPrediction& prediction = *response.mutable_prediction();
  prediction = ToProto(answer->request, answer->estimate);
  if (request.base().include_layers()) AddLayers(answer->estimate, prediction);
  prediction.set_tag(request.base().tag());
  return response;
}

}  // namespace hwledger
