#pragma once

#include <string>

#include "hwledger/v1/inference.pb.h"
#include "tests/engine/tiny_model.h"

namespace hwledger {

// Says `word` for ever after a prompt that ends with ">".
inline TinyModel EndlessModel(const std::string& word = "x") {
  return {.words = {word},
          .successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                         {TinyModel::WordToken(0), TinyModel::WordToken(0)}}};
}

// One slot in which it goes on for many seconds.
inline v1::LoadOptions EndlessOptions(int32_t slot_count = 1) {
  v1::LoadOptions options;
  options.set_sequence_length(100'000);
  options.set_batch_size(slot_count);
  options.set_thread_count(1);
  return options;
}

inline v1::RunInferenceRequest EndlessRequest(const std::string& model_id) {
  v1::RunInferenceRequest request;
  request.set_model_id(model_id);
  request.set_prompt(">");
  request.mutable_sampling()->set_temperature(0);
  *request.mutable_load() = EndlessOptions();
  return request;
}

}  // namespace hwledger
