#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/command_line.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json.h"
#include "clients/cli/load_options.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/progress.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/units.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {
namespace {

struct Options {
  std::string model;
  v1::LoadModelRequest request;
};

std::string LoadedText(const v1::LoadedModel& model) {
  return absl::StrFormat(
      "%s is ready: %d × %d tokens, memory %s (predicted %s), process %d",
      EscapeControls(ModelLabel(model.model_id())), model.batch_size(),
      model.sequence_length(), FormatBytes(model.memory().measured_bytes()),
      FormatBytes(model.memory().predicted_bytes()), model.process_id());
}

ExitCode RunLoad(const Session& session, Options options) {
  options.request.set_model_id(ModelId(options.model));
  grpc::ClientContext context;
  const InterruptWatch interrupt([&context] { context.TryCancel(); });
  const auto stream = v1::ModelLibrary::NewStub(session.channel)
                          ->LoadModel(&context, options.request);

  ProgressLine progress;
  v1::LoadModelResponse event;
  while (stream->Read(&event)) {
    if (session.json) {
      PrintJson(event);
    } else if (event.has_load_progress()) {
      progress.ShowLoading(event.load_progress());
    } else if (event.has_loaded()) {
      progress.Clear();
      std::cout << LoadedText(event.loaded()) << '\n' << std::flush;
    }
  }
  progress.Clear();

  const grpc::Status status = stream->Finish();
  if (status.ok()) return ExitCode::kOk;
  if (interrupt.interrupted()) return ExitCode::kCancelled;
  return ReportFailure(status);
}

}  // namespace

void AddLoadCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "load",
       .arguments = "MODEL",
       .purpose = "Bring a model into memory"},
      [options](const Session& session) { return RunLoad(session, *options); });
  AddModelArgument(command, options->model);
  command.add_flag_callback(
      "--force", [options] { options->request.set_force(true); },
      "Even if the planner says that it does not fit");
  AddLoadOptions(command, *options->request.mutable_options());
}

}  // namespace hwledger
