#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/command_line.h"
#include "clients/cli/failure.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json.h"
#include "clients/cli/load_options.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/table.h"
#include "clients/cli/terminal_text.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger tokenize demo What is a KV cache?\n"
    "  hwledger tokenize ./model.gguf '<|im_start|>' --plain\n";

struct Options {
  std::string model;
  std::vector<std::string> words;
  v1::TokenizeRequest request;
};

std::string FormatTokens(const v1::TokenizeResponse& response,
                         const Surface& surface) {
  Table table({{.title = "#"},
               {.title = "Token"},
               {.title = "Text", .align = Align::kLeft}});
  for (int i = 0; i < response.tokens_size(); ++i) {
    const v1::TokenPiece& token = response.tokens(i);
    table.AddRow({absl::StrCat(i), absl::StrCat(token.id()),
                  QuotedPiece(token.piece())});
  }
  return table.Format(surface);
}

ExitCode RunTokenize(const Session& session, Options options) {
  options.request.set_model_id(ModelId(options.model));
  options.request.set_text(absl::StrJoin(options.words, " "));
  grpc::ClientContext context;
  const InterruptWatch interrupt([&context] { context.TryCancel(); });
  v1::TokenizeResponse response;
  const grpc::Status status =
      v1::InferenceRunner::NewStub(session.channel)
          ->Tokenize(&context, options.request, &response);
  if (interrupt.interrupted()) return ExitCode::kCancelled;
  if (!status.ok()) return ReportFailure(status);
  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatTokens(response, OutputSurface());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddTokenizeCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "tokenize",
       .arguments = "MODEL TEXT...",
       .purpose = "Show the tokens that a model makes of a text",
       .examples = kExamples},
      [options](const Session& session) {
        return RunTokenize(session, *options);
      });
  AddModelArgument(command, options->model);
  command.add_option("TEXT", options->words, "What to take apart")
      ->required()
      ->option_text("...");
  command.add_flag_callback(
      "--plain",
      [options] {
        options->request.set_add_special(false);
        options->request.set_parse_special(false);
      },
      "No begin of the text, and names of special tokens are text");
  AddLoadOptions(command, *options->request.mutable_load());
}

}  // namespace hwledger
