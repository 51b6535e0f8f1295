#pragma once

#include "core/engine/question.h"
#include "hwledger/v1/inference.pb.h"

// Questions and answers, on the public wire and on the link to the runner. A
// field that is unset takes core's default.
namespace hwledger {

TokenizeQuestion FromProto(const v1::TokenizeRequest& request);
v1::TokenizeRequest ToProto(const TokenizeQuestion& question);

DetokenizeQuestion FromProto(const v1::DetokenizeRequest& request);
v1::DetokenizeRequest ToProto(const DetokenizeQuestion& question);

EmbedQuestion FromProto(const v1::EmbedRequest& request);
v1::EmbedRequest ToProto(const EmbedQuestion& question);

v1::TokenizeResponse ToProto(const TokenizeAnswer& answer);
TokenizeAnswer FromProto(const v1::TokenizeResponse& response);

v1::DetokenizeResponse ToProto(const DetokenizeAnswer& answer);
DetokenizeAnswer FromProto(const v1::DetokenizeResponse& response);

// Without what the context takes.
v1::EmbedResponse ToProto(const EmbedAnswer& answer);
EmbedAnswer FromProto(const v1::EmbedResponse& response);

}  // namespace hwledger
