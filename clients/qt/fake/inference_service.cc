#include "clients/qt/fake/inference_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "clients/qt/fake/refusal.h"

namespace hwledger {
namespace {

// Each word with the spaces and line breaks before it.
std::vector<std::string> WordsOf(std::string_view text) {
  constexpr std::string_view blanks = " \n";
  std::vector<std::string> words;
  while (!text.empty()) {
    const size_t word = std::min(text.find_first_not_of(blanks), text.size());
    const size_t end = std::min(text.find_first_of(blanks, word), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

// One generation from its arrival on.
class Generation {
 public:
  Generation(grpc::ServerContext& context,
             const v1::RunInferenceRequest& request,
             grpc::ServerWriter<v1::RunInferenceResponse>& writer,
             Behaviour& behaviour)
      : context_(context),
        request_(request),
        writer_(writer),
        behaviour_(behaviour),
        early_end_(behaviour.TakeEarlyEnd()) {}

  // What comes before the first token. False: the call is over.
  bool WaitInLine() {
    for (int before = pace_.queue_length; before > 0; --before) {
      v1::RunInferenceResponse event;
      event.mutable_queued()->set_position(before - 1);
      if (!Send(event) || !behaviour_.Sleep(pace_.step, context_)) return false;
    }
    return true;
  }

  bool Load(const Script::Load& load) {
    for (const v1::LoadModelResponse& step : load.events) {
      if (step.has_loaded()) return true;
      v1::RunInferenceResponse event;
      *event.mutable_load_progress() = step.load_progress();
      if (!Send(event) || !behaviour_.Sleep(pace_.step, context_)) return false;
    }
    return true;
  }

  bool ReadPrompt() {
    start_time_ = absl::Now();
    constexpr int steps = 4;
    constexpr int tokens = 128;
    for (int step = 1; step <= steps; ++step) {
      v1::RunInferenceResponse event;
      event.mutable_prompt_progress()->set_processed_tokens(tokens / steps *
                                                            step);
      event.mutable_prompt_progress()->set_total_tokens(tokens);
      if (!Send(event) || !behaviour_.Sleep(pace_.step, context_)) return false;
    }
    return true;
  }

  grpc::Status Write(const std::vector<std::string>& tokens) {
    first_token_time_ = absl::Now();
    const int64_t all = pace_.token_count > 0
                            ? pace_.token_count
                            : static_cast<int64_t>(tokens.size());
    const int64_t count = request_.has_max_tokens()
                              ? std::min<int64_t>(all, request_.max_tokens())
                              : all;
    while (written_ < count) {
      if (early_end_ && written_ >= early_end_->after_tokens) {
        return early_end_->status;
      }
      if (!WaitForNext()) return grpc::Status::CANCELLED;
      if (!SendTokens(tokens, count)) return grpc::Status::CANCELLED;
    }
    finish_reason_ =
        count < all ? v1::FINISH_REASON_LENGTH : v1::FINISH_REASON_END_OF_TEXT;
    return grpc::Status::OK;
  }

  void Complete(const v1::LoadedModel& model) {
    v1::RunInferenceResponse event;
    v1::Completion& completion = *event.mutable_completion();
    completion.set_full_text(text_);
    completion.set_finish_reason(finish_reason_);
    completion.mutable_usage()->set_prompt_tokens(128);
    completion.mutable_usage()->set_completion_tokens(
        static_cast<int32_t>(written_));
    const absl::Duration decode = absl::Now() - first_token_time_;
    v1::Timings& timings = *completion.mutable_timings();
    *timings.mutable_queue_time() = ToProto(start_time_ - arrival_time_);
    *timings.mutable_prefill_time() = ToProto(first_token_time_ - start_time_);
    *timings.mutable_decode_time() = ToProto(decode);
    *timings.mutable_time_to_first_token() =
        ToProto(first_token_time_ - arrival_time_);
    if (written_ > 1) {
      timings.set_decode_tokens_per_second(static_cast<double>(written_ - 1) /
                                           absl::ToDoubleSeconds(decode));
    }
    *completion.mutable_memory() = model.memory();
    Send(event);
  }

 private:
  bool Send(v1::RunInferenceResponse& event) {
    event.set_seq(next_seq_++);
    return writer_.Write(event);
  }

  // Until the tokens of the next message are due.
  bool WaitForNext() {
    if (pace_.tokens_per_second <= 0) return !context_.IsCancelled();
    const absl::Duration after =
        absl::Seconds(static_cast<double>(written_) / pace_.tokens_per_second);
    return behaviour_.Sleep(first_token_time_ + after - absl::Now(), context_);
  }

  bool SendTokens(const std::vector<std::string>& tokens, int64_t count) {
    v1::RunInferenceResponse event;
    v1::Token& token = *event.mutable_token();
    for (int i = 0; i < pace_.tokens_per_message && written_ < count; ++i) {
      token.mutable_text()->append(
          tokens[static_cast<size_t>(written_) % tokens.size()]);
      token.set_token_count(token.token_count() + 1);
      ++written_;
    }
    text_ += token.text();
    return Send(event);
  }

  grpc::ServerContext& context_;
  const v1::RunInferenceRequest& request_;
  grpc::ServerWriter<v1::RunInferenceResponse>& writer_;
  Behaviour& behaviour_;
  const std::optional<Behaviour::EarlyEnd> early_end_;
  const Pace pace_ = behaviour_.pace();
  const absl::Time arrival_time_ = absl::Now();
  absl::Time start_time_;
  absl::Time first_token_time_;
  int64_t next_seq_ = 0;
  int64_t written_ = 0;
  std::string text_;
  v1::FinishReason finish_reason_ = v1::FINISH_REASON_UNSPECIFIED;
};

}  // namespace

FakeInferenceService::FakeInferenceService(const Script& script,
                                           Behaviour& behaviour,
                                           LoadedSet& loaded)
    : script_(script),
      behaviour_(behaviour),
      loaded_(loaded),
      tokens_(WordsOf(script.answer_markdown)) {}

grpc::Status FakeInferenceService::RunInference(
    grpc::ServerContext* context, const v1::RunInferenceRequest* request,
    grpc::ServerWriter<v1::RunInferenceResponse>* writer) {
  const grpc::Status entered = behaviour_.Enter("RunInference", *context);
  if (!entered.ok()) return entered;
  const std::string& model_id = request->model_id();
  if (script_.FindModel(model_id) == nullptr) return NoSuchModel(model_id);
  const Script::Load* load = script_.FindLoad(model_id);
  if (load == nullptr) return NotToRun(model_id);

  Generation generation(*context, *request, *writer, behaviour_);
  bool ready = generation.WaitInLine();
  if (ready && !loaded_.Find(model_id)) {
    ready = generation.Load(*load);
    if (ready) loaded_.Put(load->events.back().loaded());
  }
  grpc::Status status = ready && generation.ReadPrompt()
                            ? generation.Write(tokens_)
                            : grpc::Status::CANCELLED;
  if (status.ok()) generation.Complete(load->events.back().loaded());
  if (context->IsCancelled()) behaviour_.CountCancelled();
  return status;
}

}  // namespace hwledger
