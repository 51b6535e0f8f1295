#include "server/question_convert.h"

#include "server/int32.h"

namespace hwledger {
namespace {

v1::Pooling ToProto(Pooling pooling) {
  switch (pooling) {
    case Pooling::kMean:
      return v1::POOLING_MEAN;
    case Pooling::kCls:
      return v1::POOLING_CLS;
    case Pooling::kLast:
      return v1::POOLING_LAST;
  }
  return v1::POOLING_UNSPECIFIED;
}

std::optional<Pooling> FromProto(v1::Pooling pooling) {
  switch (pooling) {
    case v1::POOLING_MEAN:
      return Pooling::kMean;
    case v1::POOLING_CLS:
      return Pooling::kCls;
    case v1::POOLING_LAST:
      return Pooling::kLast;
    default:
      return std::nullopt;
  }
}

}  // namespace

TokenizeQuestion FromProto(const v1::TokenizeRequest& request) {
  TokenizeQuestion question = {.text = request.text()};
  if (request.has_add_special()) question.add_special = request.add_special();
  if (request.has_parse_special()) {
    question.parse_special = request.parse_special();
  }
  return question;
}

v1::TokenizeRequest ToProto(const TokenizeQuestion& question) {
  v1::TokenizeRequest request;
  request.set_text(question.text);
  request.set_add_special(question.add_special);
  request.set_parse_special(question.parse_special);
  return request;
}

DetokenizeQuestion FromProto(const v1::DetokenizeRequest& request) {
  return {
      .token_ids = {request.token_ids().begin(), request.token_ids().end()}};
}

v1::DetokenizeRequest ToProto(const DetokenizeQuestion& question) {
  v1::DetokenizeRequest request;
  request.mutable_token_ids()->Assign(question.token_ids.begin(),
                                      question.token_ids.end());
  return request;
}

EmbedQuestion FromProto(const v1::EmbedRequest& request) {
  EmbedQuestion question = {
      .texts = {request.texts().begin(), request.texts().end()}};
  if (request.has_normalize()) question.normalize = request.normalize();
  if (request.has_pooling()) question.pooling = FromProto(request.pooling());
  return question;
}

v1::EmbedRequest ToProto(const EmbedQuestion& question) {
  v1::EmbedRequest request;
  request.mutable_texts()->Assign(question.texts.begin(), question.texts.end());
  request.set_normalize(question.normalize);
  if (question.pooling) request.set_pooling(ToProto(*question.pooling));
  return request;
}

v1::TokenizeResponse ToProto(const TokenizeAnswer& answer) {
  v1::TokenizeResponse response;
  for (const TokenPiece& token : answer.tokens) {
    v1::TokenPiece& message = *response.add_tokens();
    message.set_id(token.id);
    message.set_piece(token.piece);
  }
  return response;
}

TokenizeAnswer FromProto(const v1::TokenizeResponse& response) {
  TokenizeAnswer answer;
  for (const v1::TokenPiece& token : response.tokens()) {
    answer.tokens.push_back({.id = token.id(), .piece = token.piece()});
  }
  return answer;
}

v1::DetokenizeResponse ToProto(const DetokenizeAnswer& answer) {
  v1::DetokenizeResponse response;
  response.set_text(answer.text);
  return response;
}

DetokenizeAnswer FromProto(const v1::DetokenizeResponse& response) {
  return {.text = response.text()};
}

v1::EmbedResponse ToProto(const EmbedAnswer& answer) {
  v1::EmbedResponse response;
  for (const std::vector<float>& values : answer.embeddings) {
    response.add_embeddings()->mutable_values()->Assign(values.begin(),
                                                        values.end());
  }
  response.mutable_usage()->set_prompt_tokens(Int32(answer.prompt_tokens));
  return response;
}

EmbedAnswer FromProto(const v1::EmbedResponse& response) {
  EmbedAnswer answer = {.prompt_tokens = response.usage().prompt_tokens()};
  for (const v1::Embedding& embedding : response.embeddings()) {
    answer.embeddings.emplace_back(embedding.values().begin(),
                                   embedding.values().end());
  }
  return answer;
}

}  // namespace hwledger
