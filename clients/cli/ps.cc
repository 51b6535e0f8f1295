#include <grpcpp/grpcpp.h>

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/failure.h"
#include "clients/cli/json.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"
#include "clients/cli/wire_time.h"
#include "hwledger/v1/library.grpc.pb.h"

namespace hwledger {
namespace {

std::string AgeText(const v1::LoadedModel& model) {
  if (!model.has_loaded_at()) return std::string(kUnknown);
  return FormatElapsed(absl::Now() - ToTime(model.loaded_at()));
}

std::string StaysText(const v1::LoadedModel& model) {
  if (model.pinned()) return "pinned";
  if (!model.has_idle_time_left()) return std::string(kUnknown);
  return FormatElapsed(ToDuration(model.idle_time_left()));
}

std::string FormatLoadedModels(const v1::ListLoadedModelsResponse& response,
                               const Surface& surface) {
  Table table({{.title = "Model", .align = Align::kLeft, .width_min = 16},
               {.title = "State", .align = Align::kLeft},
               {.title = "Context", .leaves = 4},
               {.title = "Active"},
               {.title = "Queued", .leaves = 5},
               {.title = "Measured"},
               {.title = "Predicted"},
               {.title = "Resident", .leaves = 3},
               {.title = "PID", .leaves = 2},
               {.title = "Loaded for", .leaves = 1},
               {.title = "Unloads in", .leaves = 2}});
  for (const v1::LoadedModel& model : response.models()) {
    const v1::MemoryUse& memory = model.memory();
    table.AddRow(
        {surface.terminal ? ModelLabel(model.model_id()) : model.model_id(),
         std::string(LoadStateWord(model.state())),
         absl::StrCat(model.batch_size(), " × ", model.sequence_length()),
         absl::StrCat(model.active_requests()),
         absl::StrCat(model.queued_requests()),
         FormatBytes(memory.measured_bytes()),
         FormatBytes(memory.predicted_bytes()),
         memory.has_resident_bytes() ? FormatBytes(memory.resident_bytes())
                                     : std::string(kUnknown),
         absl::StrCat(model.process_id()), AgeText(model), StaysText(model)});
  }
  return table.Format(surface);
}

ExitCode RunPs(const Session& session) {
  v1::ListLoadedModelsResponse response;
  const grpc::Status status =
      v1::ModelLibrary::NewStub(session.channel)
          ->ListLoadedModels(UnaryCall().get(), {}, &response);
  if (!status.ok()) return ReportFailure(status);

  const Surface surface = OutputSurface();
  if (session.json) {
    PrintJson(response);
  } else if (response.models().empty() && surface.terminal) {
    std::cout << "No model is loaded.\n";
  } else {
    std::cout << FormatLoadedModels(response, surface);
  }
  return ExitCode::kOk;
}

}  // namespace

void AddPsCommand(CLI::App& program, CommandLine& line) {
  AddDaemonCommand(program, line,
                   {.name = "ps",
                    .purpose = "List the models in memory: what they take, and "
                               "what was predicted"},
                   RunPs);
}

}  // namespace hwledger
