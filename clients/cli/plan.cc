#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/json.h"
#include "clients/cli/layers_view.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/plan_view.h"
#include "clients/cli/prediction_options.h"
#include "hwledger/v1/planner.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger plan llama-3.1-8b qwen3-8b --quantization Q4_K_M\n"
    "  hwledger plan llama-3.1-70b --device rtx-4090 --device rtx-4090\n"
    "  hwledger plan llama-3.1-70b --device mybox:96GiB:400GB:71TFLOPS\n"
    "  hwledger plan ./model.gguf --sequence-length 32768 --layers\n"
    "  hwledger plan ./model.gguf --check && hwledger run ./model.gguf Hello\n";

struct PlanOptions {
  std::vector<std::string> models;
  // What is the same for every model.
  v1::EstimateVramRequest request;
  std::optional<int32_t> sequence_length;
  bool check = false;
};

grpc::Status Estimate(v1::Planner::Stub& planner,
                      std::optional<int32_t> sequence_length, Plan& plan) {
  plan.request.set_sequence_length(
      sequence_length.value_or(kDefaultSequenceLength));
  grpc::Status status =
      planner.EstimateVram(UnaryCall().get(), plan.request, &plan.prediction);
  const int64_t trained = plan.prediction.model().max_sequence_length();
  if (!status.ok() || sequence_length || trained <= 0 ||
      trained >= kDefaultSequenceLength) {
    return status;
  }
  plan.request.set_sequence_length(static_cast<int32_t>(trained));
  return planner.EstimateVram(UnaryCall().get(), plan.request,
                              &plan.prediction);
}

void PrintPlans(const std::vector<Plan>& plans, const PlanOptions& options,
                const Session& session) {
  if (session.json) {
    for (const Plan& plan : plans) PrintJson(plan.prediction);
    return;
  }
  if (plans.empty()) return;
  const Surface surface = OutputSurface();
  std::cout << FormatPlans(plans, surface);
  for (const Plan& plan : plans) {
    const bool terms = plan.request.include_terms();
    const bool layers = plan.request.include_layers();
    if ((terms || layers) && plans.size() > 1) {
      std::cout << "\n" << plan.prediction.model().model_id() << "\n";
    }
    if (terms) std::cout << "\n" << FormatTerms(plan.prediction, surface);
    if (layers) std::cout << "\n" << FormatLayers(plan, surface);
  }
  if (options.models.size() == 1) {
    std::cout << FormatPlanDetails(plans.front(), surface);
  }
}

ExitCode RunPlan(const Session& session, const PlanOptions& options) {
  const auto planner = v1::Planner::NewStub(session.channel);
  std::vector<Plan> plans;
  ExitCode exit_code = ExitCode::kOk;
  for (const std::string& model : options.models) {
    Plan plan = {.request = options.request};
    plan.request.set_model_id(ModelId(model));
    const grpc::Status status =
        Estimate(*planner, options.sequence_length, plan);
    if (status.ok()) {
      plans.push_back(std::move(plan));
    } else {
      const ExitCode failure = ReportFailure(status);
      if (exit_code == ExitCode::kOk) exit_code = failure;
    }
  }

  PrintPlans(plans, options, session);
  const bool all_fit = std::ranges::none_of(plans, [](const Plan& plan) {
    return plan.prediction.verdict() == v1::VERDICT_DOES_NOT_FIT;
  });
  if (exit_code == ExitCode::kOk && options.check && !all_fit) {
    return ExitCode::kDoesNotFit;
  }
  return exit_code;
}

}  // namespace

void AddPlanCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<PlanOptions>();
  v1::EstimateVramRequest& request = options->request;
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "plan",
       .arguments = "MODEL...",
       .purpose = "Predict the memory and speed of models, before they are "
                  "downloaded or loaded",
       .examples = kExamples},
      [options](const Session& session) { return RunPlan(session, *options); });
  command
      .add_option("MODEL", options->models,
                  "As 'hwledger models' lists them, or paths of .gguf files "
                  "or folders")
      ->required()
      ->option_text("...");
  command.add_flag("--check", options->check,
                   "Exit with 4 if a model does not fit");
  command.add_flag_callback(
      "--layers", [&request] { request.set_include_layers(true); },
      "Show every layer");
  command.add_flag_callback(
      "--explain", [&request] { request.set_include_terms(true); },
      "Show what each part is the sum of, with the numbers");
  command
      .add_option("-c,--sequence-length", options->sequence_length,
                  "Context of each sequence; default: 8192, or what the model "
                  "was trained for if that is less")
      ->type_name("TOKENS")
      ->check(WholeNumber(1))
      ->group(kConfigurationGroup);
  AddQuantizationOption(
      command, "F16, Q8_0, Q4_K_M, …, in another runtime awq, fp8, …", request);
  AddPredictionOptions(command, request);
  AddMethodOptions(command, request);
}

}  // namespace hwledger
