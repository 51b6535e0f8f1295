#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
    "  hwledger embed ./nomic-embed.gguf 'search_query: what is a KV cache?'\n"
    "  hwledger embed demo one two --json\n";

// Of each embedding, so many values tell a person that it is there.
constexpr int kShownValues = 4;

struct Options {
  std::string model;
  std::vector<std::string> texts;
  v1::EmbedRequest request;
};

std::string ValuesText(const v1::Embedding& embedding) {
  std::string text;
  const int shown = std::min(embedding.values_size(), kShownValues);
  for (int i = 0; i < shown; ++i) {
    absl::StrAppendFormat(&text, "%s%.4f", i > 0 ? ", " : "",
                          embedding.values(i));
  }
  if (shown < embedding.values_size()) text += ", …";
  return text;
}

std::string FormatEmbeddings(const Options& options,
                             const v1::EmbedResponse& response,
                             const Surface& surface) {
  Table table({{.title = "Text", .align = Align::kLeft, .width_min = 16},
               {.title = "Dimensions"},
               {.title = "Values", .align = Align::kLeft}});
  for (int i = 0; i < response.embeddings_size(); ++i) {
    const v1::Embedding& embedding = response.embeddings(i);
    table.AddRow({EscapeControls(options.texts[static_cast<size_t>(i)]),
                  absl::StrCat(embedding.values_size()),
                  ValuesText(embedding)});
  }
  return table.Format(surface);
}

ExitCode RunEmbed(const Session& session, Options options) {
  options.request.set_model_id(ModelId(options.model));
  options.request.mutable_texts()->Assign(options.texts.begin(),
                                          options.texts.end());
  grpc::ClientContext context;
  const InterruptWatch interrupt([&context] { context.TryCancel(); });
  v1::EmbedResponse response;
  const grpc::Status status = v1::InferenceRunner::NewStub(session.channel)
                                  ->Embed(&context, options.request, &response);
  if (interrupt.interrupted()) return ExitCode::kCancelled;
  if (!status.ok()) return ReportFailure(status);
  if (session.json) {
    PrintJson(response);
  } else {
    std::cout << FormatEmbeddings(options, response, OutputSurface());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddEmbedCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = AddDaemonCommand(program, line,
                                       {.name = "embed",
                                        .arguments = "MODEL TEXT...",
                                        .purpose = "Turn texts into embeddings",
                                        .examples = kExamples},
                                       [options](const Session& session) {
                                         return RunEmbed(session, *options);
                                       });
  AddModelArgument(command, options->model);
  command.add_option("TEXT", options->texts, "One embedding is made of each")
      ->required()
      ->option_text("...");
  AddField<std::string>(
      command, "--pooling", "HOW",
      "mean, cls (the first token) or last; default: as the model's file says, "
      "else mean",
      [options](const std::string& how) {
        options->request.set_pooling(how == "mean"  ? v1::POOLING_MEAN
                                     : how == "cls" ? v1::POOLING_CLS
                                                    : v1::POOLING_LAST);
      })
      ->check(CLI::IsMember({"mean", "cls", "last"}));
  command.add_flag_callback(
      "--raw", [options] { options->request.set_normalize(false); },
      "As they are, not scaled to length 1");
  AddLoadOptions(command, *options->request.mutable_load());
}

}  // namespace hwledger
