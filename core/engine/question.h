#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "core/engine/engine_options.h"

namespace hwledger {

// What can be asked of a loaded model besides a generation. Each has exactly
// one answer, or fails with a Status.

struct TokenizeQuestion {
  std::string text;
  bool add_special = true;    // Put the begin of a text in front.
  bool parse_special = true;  // "<|im_start|>" is the token of that name.

  friend bool operator==(const TokenizeQuestion&,
                         const TokenizeQuestion&) = default;
};

struct DetokenizeQuestion {
  std::vector<int32_t> token_ids;

  friend bool operator==(const DetokenizeQuestion&,
                         const DetokenizeQuestion&) = default;
};

// How the embeddings of a text's tokens become one.
enum class Pooling { kMean, kCls, kLast };

struct EmbedQuestion {
  std::vector<std::string> texts;
  bool normalize = true;           // To length 1.
  std::optional<Pooling> pooling;  // Absent: the model's own, else kMean.

  friend bool operator==(const EmbedQuestion&, const EmbedQuestion&) = default;
};

using Question =
    std::variant<TokenizeQuestion, DetokenizeQuestion, EmbedQuestion>;

// InvalidArgument: a field is out of range; names field and value. What
// depends on the model is for the engine to say.
absl::Status Validate(const Question& question);

struct TokenPiece {
  int32_t id = 0;
  std::string piece;  // May be a part of a character.

  friend bool operator==(const TokenPiece&, const TokenPiece&) = default;
};

struct TokenizeAnswer {
  std::vector<TokenPiece> tokens;
};

struct DetokenizeAnswer {
  std::string text;  // Whole UTF-8.
};

struct EmbedAnswer {
  std::vector<std::vector<float>> embeddings;  // One per text, in order.
  int64_t prompt_tokens = 0;
  // What the context that embeds takes beside the one that generates; it stays
  // for the next texts.
  std::vector<DeviceUse> context;
};

using Answer = std::variant<TokenizeAnswer, DetokenizeAnswer, EmbedAnswer>;

}  // namespace hwledger
