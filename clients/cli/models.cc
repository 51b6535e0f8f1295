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

// What is empty is not known.
std::string OrUnknown(const std::string& text) {
  return text.empty() ? std::string(kUnknown) : text;
}

std::string CountOrUnknown(int64_t count) {
  return count == 0 ? std::string(kUnknown) : FormatCount(count);
}

std::string FormatSize(const v1::Model& model) {
  return FormatBytes(model.has_size_on_disk_bytes() ? model.size_on_disk_bytes()
                                                    : model.size_bytes());
}

std::string FormatContext(const v1::Model& model) {
  return model.max_sequence_length() == 0
             ? std::string(kUnknown)
             : absl::StrCat(model.max_sequence_length());
}

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
                  OrUnknown(model.architecture()),
                  CountOrUnknown(model.parameter_count()),
                  OrUnknown(model.quantization()), FormatSize(model),
                  FormatContext(model)});
  }
  std::string text = table.Format(surface);
  for (const v1::Model& model : response.models()) {
    if (!model.has_problem()) continue;
    absl::StrAppend(&text, EscapeControls(model.model_id()),
                    " cannot be read: ", EscapeControls(model.problem()), "\n");
  }
  return text;
}

// "BF16 15.0 GiB, F32 1.00 KiB"
std::string FormatStored(const v1::StoredTensors& stored) {
  std::string text;
  for (const v1::StoredDtype& dtype : stored.dtypes()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", dtype.dtype(), " ",
                    FormatBytes(dtype.bytes()));
  }
  return text;
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
  if (model.has_size_on_disk_bytes()) {
    add("On disk", FormatBytes(model.size_on_disk_bytes()));
  }
  add("Stored", FormatStored(model.stored_tensors()));
  add("Max context", absl::StrCat(model.max_sequence_length(), " tokens"));
  add("Reference", model.reference());
  for (const std::string& path : model.projector_paths()) {
    add("Projector", path);
  }
  for (const std::string& path : model.adapter_paths()) add("Adapter", path);
  for (const std::string& warning : model.warnings()) add("Note", warning);
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
