#pragma once

#include <string>
#include <vector>

#include "tests/cli/command_test.h"

namespace hwledger {

using EventWriter = grpc::ServerWriter<v1::RunInferenceResponse>;

inline v1::RunInferenceResponse TokenEvent(const std::string& text) {
  v1::RunInferenceResponse event;
  event.mutable_token()->set_text(text);
  event.mutable_token()->set_token_count(1);
  return event;
}

inline v1::RunInferenceResponse CompletionEvent() {
  v1::RunInferenceResponse event;
  v1::Completion& completion = *event.mutable_completion();
  completion.mutable_usage()->set_completion_tokens(2);
  completion.mutable_timings()->set_decode_tokens_per_second(41.2);
  completion.mutable_timings()->mutable_time_to_first_token()->set_nanos(
      120'000'000);
  completion.mutable_memory()->set_measured_bytes(3 << 20);
  completion.mutable_memory()->set_predicted_bytes(2 << 20);
  return event;
}

// A daemon that answers `texts`, whatever it is asked.
class RunTest : public CommandTest {
 protected:
  RunTest() {
    daemon.run_inference = [this](const v1::RunInferenceRequest& sent,
                                  EventWriter* writer) {
      request = sent;
      for (const std::string& text : texts) writer->Write(TokenEvent(text));
      writer->Write(CompletionEvent());
      return grpc::Status::OK;
    };
  }

  std::vector<std::string> texts = {"Hello", " there"};
  v1::RunInferenceRequest request;
};

}  // namespace hwledger
