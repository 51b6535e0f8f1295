#include "server/json_logprobs.h"

#include <string>
#include <utility>

#include "core/utf8.h"
#include "nlohmann/json.hpp"

namespace hwledger {
namespace {

using nlohmann::json;

// A piece may be a part of a character: only its bytes are exact.
json ToJson(const v1::TokenLogprob& token) {
  json bytes = json::array();
  for (const char byte : token.piece()) {
    bytes.push_back(static_cast<uint8_t>(byte));
  }
  return {{"token", WithValidUtf8(token.piece())},
          {"logprob", token.logprob()},
          {"bytes", std::move(bytes)}};
}

}  // namespace

json ToLogprobs(absl::Span<const v1::TokenLogprob> tokens) {
  json logprobs = json::array();
  for (const v1::TokenLogprob& token : tokens) {
    json entry = ToJson(token);
    json& top = entry["top_logprobs"] = json::array();
    for (const v1::TokenLogprob& other : token.top()) {
      top.push_back(ToJson(other));
    }
    logprobs.push_back(std::move(entry));
  }
  return logprobs;
}

json ToChatLogprobs(absl::Span<const v1::TokenLogprob> tokens) {
  return {{"content", ToLogprobs(tokens)}, {"refusal", nullptr}};
}

json ToCompletionLogprobs(absl::Span<const v1::TokenLogprob> tokens,
                          int64_t text_offset) {
  json logprobs = {{"tokens", json::array()},
                   {"token_logprobs", json::array()},
                   {"top_logprobs", json::array()},
                   {"text_offset", json::array()}};
  for (const v1::TokenLogprob& token : tokens) {
    const std::string text = WithValidUtf8(token.piece());
    json top = json::object();
    for (const v1::TokenLogprob& other : token.top()) {
      top[WithValidUtf8(other.piece())] = other.logprob();
    }
    logprobs["tokens"].push_back(text);
    logprobs["token_logprobs"].push_back(token.logprob());
    logprobs["top_logprobs"].push_back(std::move(top));
    logprobs["text_offset"].push_back(text_offset);
    text_offset += static_cast<int64_t>(text.size());
  }
  return logprobs;
}

}  // namespace hwledger
