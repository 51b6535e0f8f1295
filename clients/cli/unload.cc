#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/json.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/units.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {
namespace {

ExitCode RunUnload(const Session& session, const std::string& model) {
  v1::UnloadModelRequest request;
  request.set_model_id(ModelId(model));
  v1::UnloadModelResponse response;
  const grpc::Status status =
      v1::ModelLibrary::NewStub(session.channel)
          ->UnloadModel(UnaryCall().get(), request, &response);
  if (!status.ok()) return ReportFailure(status);

  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << EscapeControls(ModelLabel(request.model_id()))
              << " is unloaded, " << FormatBytes(response.freed_bytes())
              << " are free again\n";
  }
  return ExitCode::kOk;
}

}  // namespace

void AddUnloadCommand(CLI::App& program, CommandLine& line) {
  const auto model = std::make_shared<std::string>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "unload",
       .arguments = "MODEL",
       .purpose = "Take a model out of memory; its answers end"},
      [model](const Session& session) { return RunUnload(session, *model); });
  command.add_option("MODEL", *model, "As it was loaded")
      ->required()
      ->option_text(" ");
}

}  // namespace hwledger
