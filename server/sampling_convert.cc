#include "server/sampling_convert.h"

#include <string>

#include "server/int32.h"

namespace hwledger {
namespace {

// Whoever sends one has it from a message, or has validated it.
v1::Mirostat ToProto(const Mirostat& mirostat) {
  v1::Mirostat message;
  if (mirostat.tau) message.set_tau(*mirostat.tau);
  if (mirostat.eta) message.set_eta(*mirostat.eta);
  return message;
}

Mirostat FromProto(const v1::Mirostat& message) {
  Mirostat mirostat;
  if (message.has_tau()) mirostat.tau = message.tau();
  if (message.has_eta()) mirostat.eta = message.eta();
  return mirostat;
}

}  // namespace

v1::Sampling ToProto(const Sampling& sampling) {
  v1::Sampling message;
  if (sampling.temperature) message.set_temperature(*sampling.temperature);
  if (sampling.top_k) message.set_top_k(Int32(*sampling.top_k));
  if (sampling.top_p) message.set_top_p(*sampling.top_p);
  if (sampling.min_p) message.set_min_p(*sampling.min_p);
  if (sampling.typical_p) message.set_typical_p(*sampling.typical_p);
  if (sampling.repetition_penalty) {
    message.set_repetition_penalty(*sampling.repetition_penalty);
  }
  if (sampling.frequency_penalty) {
    message.set_frequency_penalty(*sampling.frequency_penalty);
  }
  if (sampling.presence_penalty) {
    message.set_presence_penalty(*sampling.presence_penalty);
  }
  if (sampling.seed) message.set_seed(*sampling.seed);
  if (sampling.xtc_probability) {
    message.set_xtc_probability(*sampling.xtc_probability);
  }
  if (sampling.xtc_threshold) {
    message.set_xtc_threshold(*sampling.xtc_threshold);
  }
  if (sampling.dry_multiplier) {
    message.set_dry_multiplier(*sampling.dry_multiplier);
  }
  if (sampling.dry_base) message.set_dry_base(*sampling.dry_base);
  if (sampling.dry_allowed_length) {
    message.set_dry_allowed_length(Int32(*sampling.dry_allowed_length));
  }
  if (sampling.penalty_last_tokens) {
    message.set_penalty_last_tokens(Int32(*sampling.penalty_last_tokens));
  }
  for (const std::string& breaker : sampling.dry_sequence_breakers) {
    message.add_dry_sequence_breakers(breaker);
  }
  if (sampling.mirostat) {
    *message.mutable_mirostat() = ToProto(*sampling.mirostat);
  }
  for (const LogitBias& bias : sampling.logit_bias) {
    v1::LogitBias& added = *message.add_logit_bias();
    added.set_token_id(Int32(bias.token_id));
    added.set_bias(bias.bias);
  }
  return message;
}

Sampling FromProto(const v1::Sampling& message) {
  Sampling sampling;
  if (message.has_temperature()) sampling.temperature = message.temperature();
  if (message.has_top_k()) sampling.top_k = message.top_k();
  if (message.has_top_p()) sampling.top_p = message.top_p();
  if (message.has_min_p()) sampling.min_p = message.min_p();
  if (message.has_typical_p()) sampling.typical_p = message.typical_p();
  if (message.has_repetition_penalty()) {
    sampling.repetition_penalty = message.repetition_penalty();
  }
  if (message.has_frequency_penalty()) {
    sampling.frequency_penalty = message.frequency_penalty();
  }
  if (message.has_presence_penalty()) {
    sampling.presence_penalty = message.presence_penalty();
  }
  if (message.has_seed()) sampling.seed = message.seed();
  if (message.has_xtc_probability()) {
    sampling.xtc_probability = message.xtc_probability();
  }
  if (message.has_xtc_threshold()) {
    sampling.xtc_threshold = message.xtc_threshold();
  }
  if (message.has_dry_multiplier()) {
    sampling.dry_multiplier = message.dry_multiplier();
  }
  if (message.has_dry_base()) sampling.dry_base = message.dry_base();
  if (message.has_dry_allowed_length()) {
    sampling.dry_allowed_length = message.dry_allowed_length();
  }
  if (message.has_penalty_last_tokens()) {
    sampling.penalty_last_tokens = message.penalty_last_tokens();
  }
  sampling.dry_sequence_breakers.assign(message.dry_sequence_breakers().begin(),
                                        message.dry_sequence_breakers().end());
  if (message.has_mirostat()) {
    sampling.mirostat = FromProto(message.mirostat());
  }
  for (const v1::LogitBias& bias : message.logit_bias()) {
    sampling.logit_bias.push_back(
        {.token_id = bias.token_id(), .bias = bias.bias()});
  }
  return sampling;
}

}  // namespace hwledger
