#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

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
};

bool HasGpu(const v1::MemoryPrediction& prediction) {
  return std::ranges::any_of(
      prediction.devices(), [](const v1::DevicePrediction& device) {
        return device.kind() == v1::DEVICE_KIND_GPU ||
               device.kind() == v1::DEVICE_KIND_INTEGRATED_GPU;
      });
}

ExitCode RunFit(const Session& session, FitOptions options) {
  const auto planner = v1::Planner::NewStub(session.channel);
  options.request.mutable_base()->set_model_id(ModelId(options.model));
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
    const grpc::Status status =
        planner->FitVram(UnaryCall().get(), options.request, &fit.response);
    if (!status.ok()) return ReportFailure(status);
    if (session.json) PrintJson(fit.response);
  }
  if (!session.json) std::cout << FormatFits(fits, OutputSurface());
  const bool all_fit = std::ranges::all_of(
      fits, [](const SolvedFit& fit) { return fit.response.fits(); });
  return all_fit ? ExitCode::kOk : ExitCode::kDoesNotFit;
}

void AddGoalOptions(CLI::App& command, FitOptions& options) {
  command.add_option("--for", options.goals, "What to find; default: each")
      ->type_name("GOAL")
      ->transform(CLI::CheckedTransformer(kGoals, CLI::ignore_case)
                      .description("context, sequences, quantization or "
                                   "gpu-layers"));
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
  base.set_sequence_length(kDefaultSequenceLength);
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "fit",
       .arguments = "MODEL",
       .purpose = "Find the longest context, the most sequences, the best "
                  "quantization and the most GPU layers that fit; exits with "
                  "4 where none does",
       .examples = kExamples},
      [options](const Session& session) { return RunFit(session, *options); });
  command
      .add_option("MODEL", options->model,
                  "As 'hwledger models' lists it, or the path of a .gguf file "
                  "or folder")
      ->required()
      ->option_text(" ");
  AddGoalOptions(command, *options);
  AddField<int32_t>(
      command, "-c,--sequence-length", "TOKENS",
      "Context of each sequence where it is not what is found; default: 8192",
      [&base](const int32_t& tokens) { base.set_sequence_length(tokens); })
      ->group(kConfigurationGroup);
  AddPredictionOptions(command, base);
}

}  // namespace hwledger
