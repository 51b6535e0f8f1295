#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/strip.h"
#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/fit_view.h"
#include "clients/cli/json.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/prediction_options.h"
#include "clients/cli/units.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger fit llama-3.1-8b\n"
    "  hwledger fit llama-3.1-70b --device rtx-4090 --for quantization\n"
    "  hwledger fit qwen3-8b -q Q4_K_M --device rtx-3060 --for context\n"
    "  hwledger fit ./model.gguf --for sequences -c 4096 --reserve 2GiB\n";

const std::map<std::string, v1::FitGoal> kGoals = {
    {"context", v1::FIT_GOAL_SEQUENCE_LENGTH},
    {"sequences", v1::FIT_GOAL_BATCH_SIZE},
    {"quantization", v1::FIT_GOAL_QUANTIZATION},
    {"gpu-layers", v1::FIT_GOAL_GPU_LAYERS}};

struct FitOptions {
  std::string model;
  v1::FitVramRequest request;
  std::vector<v1::FitGoal> goals;
  std::optional<int32_t> sequence_length;
};

bool HasGpu(const v1::MemoryPrediction& prediction) {
  return std::ranges::any_of(
      prediction.devices(), [](const v1::DevicePrediction& device) {
        return device.kind() == v1::DEVICE_KIND_GPU ||
               device.kind() == v1::DEVICE_KIND_INTEGRATED_GPU;
      });
}

// As plan does: where no length is asked for, none that is longer than the
// model was trained for.
grpc::Status Solve(v1::Planner::Stub& planner, FitOptions& options,
                   SolvedFit& fit) {
  grpc::Status status =
      planner.FitVram(UnaryCall().get(), options.request, &fit.response);
  v1::EstimateVramRequest& base = *options.request.mutable_base();
  const int64_t trained =
      fit.response.prediction().model().max_sequence_length();
  if (!status.ok() || options.sequence_length || trained <= 0 ||
      trained >= base.sequence_length()) {
    return status;
  }
  base.set_sequence_length(static_cast<int32_t>(trained));
  return planner.FitVram(UnaryCall().get(), options.request, &fit.response);
}

// What the contract nests is not nested on the command line. The details of
// such an error name the field once more.
grpc::Status WithoutBase(const grpc::Status& status) {
  const std::string message = status.error_message();
  std::string_view rest = message;
  if (!absl::ConsumePrefix(&rest, "base.")) return status;
  return {status.error_code(), std::string(rest)};
}

ExitCode RunFit(const Session& session, FitOptions options) {
  const auto planner = v1::Planner::NewStub(session.channel);
  v1::EstimateVramRequest& base = *options.request.mutable_base();
  base.set_model_id(ModelId(options.model));
  base.set_sequence_length(
      options.sequence_length.value_or(kDefaultSequenceLength));
  const bool all = options.goals.empty();
  if (all) {
    options.goals = {v1::FIT_GOAL_SEQUENCE_LENGTH, v1::FIT_GOAL_BATCH_SIZE,
                     v1::FIT_GOAL_QUANTIZATION, v1::FIT_GOAL_GPU_LAYERS};
  }
  std::vector<SolvedFit> fits;
  for (const v1::FitGoal goal : options.goals) {
    // What cannot be asked here is left out where nobody asked for it.
    if (all && goal == v1::FIT_GOAL_GPU_LAYERS &&
        !HasGpu(fits.front().response.prediction())) {
      continue;
    }
    options.request.set_goal(goal);
    SolvedFit& fit = fits.emplace_back(SolvedFit{.goal = goal});
    const grpc::Status status = Solve(*planner, options, fit);
    if (!status.ok()) return ReportFailure(WithoutBase(status));
    if (session.json) PrintJson(fit.response);
  }
  if (!session.json) std::cout << FormatFits(fits, OutputSurface());
  const bool all_fit = std::ranges::all_of(
      fits, [](const SolvedFit& fit) { return fit.response.fits(); });
  return all_fit ? ExitCode::kOk : ExitCode::kDoesNotFit;
}

void AddGoalOptions(CLI::App& command, FitOptions& options) {
  AddField<std::vector<std::string>>(
      command, "--for", "GOAL", "What to find; default: each. May be repeated",
      [&options](const std::vector<std::string>& words) {
        for (const std::string& word : words) {
          options.goals.push_back(kGoals.at(word));
        }
      })
      ->check(CLI::IsMember(
          {"context", "sequences", "quantization", "gpu-layers"}));
  AddField<std::string>(
      command, "--reserve", "SIZE",
      "Memory to leave free on each device; default: a twentieth",
      [&options](const std::string& size) {
        options.request.set_reserve_bytes(*ParseBytes(size));
      })
      ->check([](const std::string& size) {
        return std::string(ParseBytes(size).status().message());
      });
  AddField<std::vector<std::string>>(
      command, "--among", "TYPE",
      "Quantizations to choose from, best first; default: the usual ones",
      [&options](const std::vector<std::string>& types) {
        options.request.mutable_quantizations()->Assign(types.begin(),
                                                        types.end());
      })
      ->delimiter(',');
}

}  // namespace

void AddFitCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<FitOptions>();
  v1::EstimateVramRequest& base = *options->request.mutable_base();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "fit",
       .arguments = "MODEL",
       .purpose = "Find the longest context, the most sequences, the best "
                  "quantization and the most GPU layers that fit; exits with "
                  "4 if nothing fits for one of them",
       .examples = kExamples},
      [options](const Session& session) { return RunFit(session, *options); });
  command
      .add_option("MODEL", options->model,
                  "As 'hwledger models' lists it, or the path of a .gguf file "
                  "or folder")
      ->required()
      ->option_text(" ");
  AddGoalOptions(command, *options);
  command
      .add_option("-c,--sequence-length", options->sequence_length,
                  "Context of each sequence where it is not what is found; "
                  "default: 8192, or what the model was trained for if that is "
                  "less")
      ->type_name("TOKENS")
      ->group(kConfigurationGroup);
  AddPredictionOptions(command, base);
}

}  // namespace hwledger
