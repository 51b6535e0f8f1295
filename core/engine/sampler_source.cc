#include "core/engine/sampler_source.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/constraint/constraint.h"
#include "core/constraint/json_schema.h"
#include "core/engine/call_grammar.h"
#include "core/engine/recommended_sampling.h"
#include "core/field_error.h"

namespace hwledger {
namespace {

absl::Status ValidateTokens(const std::vector<LogitBias>& logit_bias,
                            int64_t token_count) {
  for (size_t i = 0; i < logit_bias.size(); ++i) {
    if (logit_bias[i].token_id < token_count) continue;
    return FieldError(absl::StrFormat("sampling.logit_bias[%d].token_id", i),
                      absl::StrFormat("must be a token of the model, which has "
                                      "%d; got %d",
                                      token_count, logit_bias[i].token_id));
  }
  return absl::OkStatus();
}

bool MustCall(const Generation& generation) {
  const auto* chat = std::get_if<Chat>(&generation.input);
  return chat != nullptr && chat->tool_choice == ToolChoice::kRequired;
}

absl::StatusOr<std::shared_ptr<const Grammar>> GrammarOfCalls(
    const OutputFormat& format, const Chat& chat) {
  ABSL_ASSIGN_OR_RETURN(const std::string gbnf,
                        GrammarOfCalls(format, chat, RulesOfSchema));
  absl::StatusOr<Grammar> grammar = ParseGrammar(gbnf);
  if (!grammar.ok()) {
    return FieldError("chat.tools", absl::StrCat("are refused: ",
                                                 grammar.status().message()));
  }
  return std::make_shared<const Grammar>(*std::move(grammar));
}

// Of control tokens only `marks` stand for something.
std::shared_ptr<const TokenPieces> PiecesOf(const Vocabulary& vocabulary,
                                            const std::set<TokenId>& marks) {
  std::vector<std::string> pieces;
  std::vector<bool> ends_text;
  std::string piece;
  for (TokenId token = 0; token < vocabulary.size(); ++token) {
    const bool is_mark = marks.contains(token);
    vocabulary.WritePiece(
        token, is_mark ? ControlText::kToken : ControlText::kPlain, piece);
    pieces.push_back(piece);
    ends_text.push_back(vocabulary.Ends(token));
  }
  return std::make_shared<const TokenPieces>(std::move(pieces),
                                             std::move(ends_text));
}

}  // namespace

SamplerSource::SamplerSource(const llama_model* model, std::set<TokenId> marks,
                             int64_t sequence_length)
    : vocabulary_(model),
      marks_(std::move(marks)),
      sequence_length_(sequence_length),
      recommended_(RecommendedSampling(model)) {}

absl::StatusOr<std::shared_ptr<Sampler>> SamplerSource::Make(
    const Generation& generation,
    const std::optional<OutputFormat>& format) const {
  ABSL_RETURN_IF_ERROR(
      ValidateTokens(generation.sampling.logit_bias, vocabulary_.size()));
  Sampler::Options options = {
      .values = Resolve(generation.sampling, recommended_),
      .context_tokens = sequence_length_,
      .top_logprobs = generation.top_logprobs};
  ABSL_ASSIGN_OR_RETURN(options.constraint, ConstraintOf(generation, format));
  return std::make_shared<Sampler>(std::move(options), vocabulary_.get());
}

// Null: the text may be anything.
absl::StatusOr<std::unique_ptr<TokenConstraint>> SamplerSource::ConstraintOf(
    const Generation& generation,
    const std::optional<OutputFormat>& format) const {
  const bool must_call = MustCall(generation);
  std::shared_ptr<const Grammar> grammar;
  if (must_call) {
    ABSL_ASSIGN_OR_RETURN(
        grammar, GrammarOfCalls(*format, std::get<Chat>(generation.input)));
  } else {
    ABSL_ASSIGN_OR_RETURN(grammar, GrammarOf(generation.constraint));
  }
  if (grammar == nullptr) return nullptr;
  Pieces& pieces = must_call ? marked_pieces_ : pieces_;
  std::call_once(pieces.once, [&] {
    pieces.made =
        PiecesOf(vocabulary_, must_call ? marks_ : std::set<TokenId>());
  });
  return std::make_unique<TokenConstraint>(grammar, pieces.made);
}

}  // namespace hwledger
