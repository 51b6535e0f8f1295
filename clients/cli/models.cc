#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/failure.h"
#include "clients/cli/json.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/terminal_text.h"
#include "clients/cli/units.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {
namespace {

std::string FormatModels(const v1::ListModelsResponse& response,
                         const Surface& surface) {
  Table table({{.title = "Model", .align = Align::kLeft, .width_min = 16},
               {.title = "Source", .align = Align::kLeft},
               {.title = "Architecture", .align = Align::kLeft, .leaves = 1},
               {.title = "Params"},
               {.title = "Quant", .align = Align::kLeft},
               {.title = "Size"},
               {.title = "Max context", .leaves = 2}});
  for (const v1::Model& model : response.models()) {
    table.AddRow({model.model_id(),
                  std::string(ModelSourceWord(model.source())),
                  model.architecture(), FormatCount(model.parameter_count()),
                  model.quantization(), FormatBytes(model.size_bytes()),
                  absl::StrCat(model.max_sequence_length())});
  }
  return table.Format(surface);
}

std::string FormatModel(const v1::Model& model) {
  std::string text;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    absl::StrAppendFormat(&text, "%-14s%s\n", name, EscapeControls(value));
  };
  add("Model", model.model_id());
  add("Source", ModelSourceWord(model.source()));
  add("Path", model.path());
  add("Architecture", model.architecture());
  add("Parameters", FormatCount(model.parameter_count()));
  add("Quantization", model.quantization());
  add("Size", FormatBytes(model.size_bytes()));
  add("Max context", absl::StrCat(model.max_sequence_length(), " tokens"));
  add("Reference", model.reference());
  return text;
}

ExitCode ListModels(const Session& session, v1::ModelLibrary::Stub& library) {
  v1::ListModelsResponse response;
  const grpc::Status status =
      library.ListModels(UnaryCall().get(), {}, &response);
  if (!status.ok()) return ReportFailure(status);
  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatModels(response, OutputSurface());
  }
  return ExitCode::kOk;
}

ExitCode ShowModel(const Session& session, v1::ModelLibrary::Stub& library,
                   const std::string& model) {
  v1::GetModelRequest request;
  request.set_model_id(ModelId(model));
  v1::GetModelResponse response;
  const grpc::Status status =
      library.GetModel(UnaryCall().get(), request, &response);
  if (!status.ok()) return ReportFailure(status);
  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatModel(response.model());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddModelsCommand(CLI::App& program, CommandLine& line) {
  const auto model = std::make_shared<std::string>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "models",
       .arguments = "[MODEL]",
       .purpose = "List the models that can be planned or run, or show one"},
      [model](const Session& session) {
        const auto library = v1::ModelLibrary::NewStub(session.channel);
        return model->empty() ? ListModels(session, *library)
                              : ShowModel(session, *library, *model);
      });
  command.add_option("MODEL", *model, "Show this one")->option_text(" ");
}

}  // namespace hwledger
