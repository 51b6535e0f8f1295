#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "clients/cli/command_line.h"
#include "clients/cli/failure.h"
#include "clients/cli/generation_view.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/json.h"
#include "clients/cli/load_options.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/sampling_options.h"
#include "clients/cli/system.h"
#include "clients/cli/tools_file.h"
#include "clients/cli/utf8.h"
#include "hwledger/v1/inference.grpc.pb.h"

namespace hwledger {
namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  hwledger run demo What is a KV cache?\n"
    "  hwledger run ./model.gguf --system 'Answer in French.' Good morning\n"
    "  git diff | hwledger run ollama:qwen3 --system 'Describe this change.'\n"
    "  hwledger run demo --raw 'Memory is' --max-tokens 20 --temperature 0\n"
    "  hwledger run ollama:qwen3 --json-schema city.json Name a city.\n"
    "  hwledger run demo --grammar 'root ::= \"yes\" | \"no\"' Is it so?\n"
    "\n"
    "Defaults count where the model's file recommends nothing of its own.\n"
    "The answer goes to standard output, everything else to standard error.\n"
    "Ctrl-C ends the answer.\n";

struct RunOptions {
  std::string model;
  std::vector<std::string> prompt_words;
  std::string system;
  std::string tools_path;
  bool raw = false;
  bool quiet = false;
  std::optional<bool> thinking;
  std::string json_schema;
  std::string grammar;
  // Filled by the other options.
  v1::RunInferenceRequest request;
};

std::string ReadStandardInput() {
  if (IsTerminal(StandardStream::kInput)) {
    std::cerr << "Type the prompt, then Ctrl-D on an empty line.\n";
  }
  return {std::istreambuf_iterator<char>(std::cin), {}};
}

std::string Prompt(const RunOptions& options) {
  const std::vector<std::string>& words = options.prompt_words;
  const bool from_input =
      words.empty() || (words.size() == 1 && words[0] == "-");
  return from_input ? ReadStandardInput() : absl::StrJoin(words, " ");
}

// What an option names: a file's content, unless it is the text itself.
absl::StatusOr<std::string> TextOrFile(const std::string& argument,
                                       bool is_text) {
  std::string text = argument;
  if (!is_text) {
    std::ifstream file(argument, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(file), {});
    if (!file) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot read \"", argument, "\""));
    }
  }
  if (IsUtf8(text)) return text;
  return absl::InvalidArgumentError(
      absl::StrCat("not UTF-8: \"", argument, "\""));
}

// What the answer must look like.
absl::Status SetConstraint(const RunOptions& options,
                           v1::RunInferenceRequest& request) {
  const std::string& schema = options.json_schema;
  if (!schema.empty()) {
    const bool is_text = schema.find_first_of("{ \n") == 0 ||
                         schema == "true" || schema == "false";
    const auto text = TextOrFile(schema, is_text);
    if (!text.ok()) return text.status();
    request.set_json_schema(*text);
  }
  if (!options.grammar.empty()) {
    const auto text =
        TextOrFile(options.grammar, absl::StrContains(options.grammar, "::="));
    if (!text.ok()) return text.status();
    request.set_grammar(*text);
  }
  return absl::OkStatus();
}

v1::RunInferenceRequest Request(const RunOptions& options) {
  v1::RunInferenceRequest request = options.request;
  request.set_model_id(ModelId(options.model));
  std::string prompt = Prompt(options);
  if (options.raw) {
    request.set_prompt(std::move(prompt));
    return request;
  }
  v1::Chat& chat = *request.mutable_chat();
  const auto add = [&](const char* role, std::string_view content) {
    v1::ChatMessage& message = *chat.add_messages();
    message.set_role(role);
    message.set_content(std::string(content));
  };
  if (options.thinking) chat.set_thinking(*options.thinking);
  if (!options.system.empty()) add("system", options.system);
  // The line feed that ends a file is no part of what is said.
  add("user", absl::StripSuffix(prompt, "\n"));
  return request;
}

ExitCode RunRun(const Session& session, const RunOptions& options) {
  v1::RunInferenceRequest request = Request(options);
  if (const absl::Status status = SetConstraint(options, request);
      !status.ok()) {
    return ReportFailure(ExitCode::kUsage, status.message());
  }
  if (!options.tools_path.empty()) {
    const absl::Status read =
        ReadTools(options.tools_path, *request.mutable_chat());
    if (!read.ok()) return ReportFailure(read);
  }
  if (!IsUtf8(request.prompt()) ||
      !std::ranges::all_of(request.chat().messages(), IsUtf8,
                           &v1::ChatMessage::content)) {
    return ReportFailure(ExitCode::kUsage, "the prompt is not UTF-8");
  }
  grpc::ClientContext context;
  const InterruptWatch interrupt([&context] { context.TryCancel(); });
  const auto stream = v1::InferenceRunner::NewStub(session.channel)
                          ->RunInference(&context, request);

  GenerationView view(options.quiet ? Summary::kNone : Summary::kLine);
  v1::RunInferenceResponse event;
  while (stream->Read(&event)) {
    if (session.json) {
      PrintJson(event);
    } else {
      view.Show(event);
    }
  }
  if (interrupt.interrupted()) view.Interrupted();
  view.End();

  const grpc::Status status = stream->Finish();
  if (status.ok()) return ExitCode::kOk;
  if (interrupt.interrupted()) return ExitCode::kCancelled;
  return ReportFailure(status);
}

void AddAnswerOptions(CLI::App& command, RunOptions& options) {
  v1::RunInferenceRequest& request = options.request;
  AddField<int32_t>(command, "--max-tokens", "N",
                    "End after N tokens; default: when the context is full",
                    [&](const int32_t& n) { request.set_max_tokens(n); })
      ->group("Answer");
  AddField<std::vector<std::string>>(
      command, "--stop", "TEXT", "End before this text. May be repeated",
      [&](const std::vector<std::string>& texts) {
        request.mutable_stop()->Assign(texts.begin(), texts.end());
      })
      ->group("Answer");
  CLI::Option* schema =
      command
          .add_option("--json-schema", options.json_schema,
                      "Answer with JSON that this JSON Schema accepts: a file, "
                      "or the schema itself")
          ->type_name("SCHEMA")
          ->group("Answer");
  command
      .add_option("--grammar", options.grammar,
                  "Answer with a text that this grammar (GBNF) derives: a "
                  "file, or the grammar itself")
      ->type_name("GRAMMAR")
      ->excludes(schema)
      ->group("Answer");
  AddField<int32_t>(command, "--logprobs", "N",
                    "Say at the end how likely each token was, beside the N "
                    "likeliest, up to 20",
                    [&](const int32_t& n) { request.set_top_logprobs(n); })
      ->group("Answer");
}

}  // namespace

void AddRunCommand(CLI::App& program, CommandLine& line) {
  const auto options = std::make_shared<RunOptions>();
  v1::RunInferenceRequest& request = options->request;
  CLI::App& command = AddDaemonCommand(
      program, line,
      {.name = "run",
       .arguments = "MODEL [PROMPT...]",
       .purpose = "Let a model answer",
       .examples = kExamples},
      [options](const Session& session) { return RunRun(session, *options); });
  AddModelArgument(command, options->model);
  command
      .add_option("PROMPT", options->prompt_words,
                  "What to say to it. None or -: from standard input")
      ->option_text("...");
  CLI::Option* raw =
      command.add_flag("--raw", options->raw,
                       "Continue the prompt as it is, not as a conversation");
  command
      .add_option("--system", options->system, "How the model should behave")
      ->type_name("TEXT")
      ->excludes(raw);
  command
      .add_option("--tools", options->tools_path,
                  "What it may call: a JSON file with a list of functions, as "
                  "OpenAI's API takes it. Calls are shown, not made")
      ->type_name("FILE")
      ->excludes(raw);
  command
      .add_flag("--think,!--no-think", options->thinking,
                "Think before the answer, or do not; default: as the model "
                "does")
      ->excludes(raw);
  command.add_flag("--quiet", options->quiet, "No summary at the end");
  AddAnswerOptions(command, *options);
  AddSamplingOptions(command, *request.mutable_sampling());
  AddLoadOptions(command, *request.mutable_load());
}

}  // namespace hwledger
