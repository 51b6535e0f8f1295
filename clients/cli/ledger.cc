#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

#include "clients/cli/command_line.h"
#include "clients/cli/connection.h"
#include "clients/cli/failure.h"
#include "clients/cli/generation_entries_view.h"
#include "clients/cli/json.h"
#include "clients/cli/ledger_view.h"
#include "clients/cli/model_argument.h"
#include "hwledger/v1/ledger.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger ledger                  the last loads of all models\n"
    "  hwledger ledger demo --limit 5\n"
    "  hwledger ledger --accuracy       how far predictions were off\n"
    "  hwledger ledger --generations    what was generated, how fast\n"
    "  hwledger ledger --csv > loads.csv\n";

struct LedgerOptions {
  std::string model;
  int32_t limit = 20;
  bool accuracy = false;
  bool generations = false;
  bool csv = false;
};

template <typename Response>
void Print(const Session& session, const LedgerOptions& options,
           const Response& response, bool is_empty,
           std::string (*to_csv)(const Response&),
           std::string (*to_table)(const Response&, const Surface&)) {
  const Surface surface = OutputSurface();
  if (session.json) {
    PrintJson(response);
  } else if (options.csv) {
    std::cout << to_csv(response);
  } else if (is_empty && surface.terminal) {
    std::cout << "Nothing is in the ledger yet.\n";
  } else {
    std::cout << to_table(response, surface);
  }
}

template <typename Request>
Request PageOf(const LedgerOptions& options) {
  Request request;
  if (!options.model.empty()) request.set_model_id(ModelId(options.model));
  request.set_page_size(options.limit);
  return request;
}

ExitCode RunAccuracy(const Session& session, const LedgerOptions& options) {
  v1::SummarizeAccuracyResponse response;
  const grpc::Status status =
      v1::Ledger::NewStub(session.channel)
          ->SummarizeAccuracy(UnaryCall().get(), {}, &response);
  if (!status.ok()) return ReportFailure(status);
  Print(session, options, response, response.terms().empty(), AccuracyCsv,
        FormatAccuracy);
  return ExitCode::kOk;
}

ExitCode RunGenerations(const Session& session, const LedgerOptions& options) {
  v1::ListGenerationsResponse response;
  const grpc::Status status =
      v1::Ledger::NewStub(session.channel)
          ->ListGenerations(UnaryCall().get(),
                            PageOf<v1::ListGenerationsRequest>(options),
                            &response);
  if (!status.ok()) return ReportFailure(status);
  Print(session, options, response, response.generations().empty(),
        GenerationsCsv, FormatGenerations);
  return ExitCode::kOk;
}

ExitCode RunLedger(const Session& session, const LedgerOptions& options) {
  if (options.accuracy) return RunAccuracy(session, options);
  if (options.generations) return RunGenerations(session, options);
  v1::ListEntriesResponse response;
  const grpc::Status status =
      v1::Ledger::NewStub(session.channel)
          ->ListEntries(UnaryCall().get(),
                        PageOf<v1::ListEntriesRequest>(options), &response);
  if (!status.ok()) return ReportFailure(status);
  Print(session, options, response, response.entries().empty(), EntriesCsv,
        FormatEntries);
  return ExitCode::kOk;
}

}  // namespace

void AddLedgerCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<LedgerOptions>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "ledger",
       .arguments = "[MODEL]",
       .purpose = "List past loads and generations: what was predicted, and "
                  "what was measured",
       .examples = kExamples},
      [options](const Session& session) {
        return RunLedger(session, *options);
      });
  CLI::Option* model =
      command.add_option("MODEL", options->model, "Only of this model")
          ->option_text(" ");
  CLI::Option* limit =
      command
          .add_option("-n,--limit", options->limit,
                      "The newest so many, 1 to 1000 (default 20)")
          ->type_name("COUNT")
          ->option_text("COUNT")
          ->check(CLI::Range(1, 1000));
  CLI::Option* generations = command.add_flag(
      "--generations", options->generations,
      "List what was generated instead: counts and times, no text");
  command
      .add_flag("--accuracy", options->accuracy,
                "Sum up how far predictions were off, by architecture and term")
      ->option_text(" ")
      ->excludes(model)
      ->excludes(limit)
      ->excludes(generations);
  command.add_flag("--csv", options->csv, "Print comma-separated values");
}

}  // namespace hwledger
