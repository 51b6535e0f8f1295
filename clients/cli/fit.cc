#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
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

std::string_view WordOf(v1::FitGoal goal) {
  for (const auto& [word, value] : kGoals) {
    if (value == goal) return word;
  }
  return "";
}

// The option that says what `goal` looks for, where it was given.
std::string_view GivenFlag(v1::FitGoal goal, const FitOptions& options) {
  const v1::EstimateVramRequest& base = options.request.base();
  switch (goal) {
    case v1::FIT_GOAL_SEQUENCE_LENGTH:
      return options.sequence_length ? "--sequence-length" : "";
    case v1::FIT_GOAL_BATCH_SIZE:
      return base.batch_size() > 0 ? "--batch-size" : "";
    case v1::FIT_GOAL_GPU_LAYERS:
      return base.has_gpu_layers() ? "--gpu-layers" : "";
    default:
      return base.quantization().empty() ? "" : "--quantization";
  }
}

// What of an option that no goal asks for; empty where there is none.
std::string OptionWithoutEffect(const FitOptions& options) {
  if (options.goals.size() == 1) {
    const v1::FitGoal goal = options.goals.front();
    const std::string_view flag = GivenFlag(goal, options);
    if (!flag.empty()) {
      return absl::StrCat(flag, " has no effect with --for ", WordOf(goal),
                          " alone, which looks for that very value");
    }
  }
  if (!options.goals.empty() && !options.request.quantizations().empty() &&
      std::ranges::find(options.goals, v1::FIT_GOAL_QUANTIZATION) ==
          options.goals.end()) {
    return "--among has no effect without --for quantization";
  }
  return "";
}

// The answer itself does not say which question it answers.
void PrintJsonLine(const SolvedFit& fit) {
  std::cout << "{\"goal\":\"" << WordOf(fit.goal) << "\","
            << JsonText(fit.response).substr(1) << '\n'
            << std::flush;
}

ExitCode RunFit(const Session& session, FitOptions options) {
  const std::string mistake = OptionWithoutEffect(options);
  if (!mistake.empty()) return ReportFailure(ExitCode::kUsage, mistake);
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
    if (!status.ok()) return ReportFailure(status);
    if (session.json) PrintJsonLine(fit);
  }
  if (!session.json) {
    const auto reserve = options.request.has_reserve_bytes()
                             ? std::optional(options.request.reserve_bytes())
                             : std::nullopt;
    std::cout << FormatFits(fits, reserve, OutputSurface());
  }
  const bool all_fit = std::ranges::all_of(
      fits, [](const SolvedFit& fit) { return fit.response.fits(); });
  return all_fit ? ExitCode::kOk : ExitCode::kDoesNotFit;
}

void AddGoalOptions(CLI::App& command, FitOptions& options) {
  AddField<std::vector<std::string>>(
      command, "--for", "GOAL", "What to find; default: each. May be repeated",
      [&options](const std::vector<std::string>& words) {
        for (const std::string& word : words) {
          const v1::FitGoal goal = kGoals.at(word);
          if (std::ranges::find(options.goals, goal) == options.goals.end()) {
            options.goals.push_back(goal);
          }
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
      ->check(WholeNumber(1))
      ->group(kConfigurationGroup);
  AddQuantizationOption(command, "F16, Q8_0, Q4_K_M, …", base);
  AddPredictionOptions(command, base);
}

}  // namespace hwledger
