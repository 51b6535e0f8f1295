#include "server/inference_service.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>
#include <variant>

#include "boost/asio/post.hpp"
#include "core/constraint/constraint.h"
#include "core/generation_stream.h"
#include "server/generation_convert.h"
#include "server/library_convert.h"
#include "server/status.h"

namespace hwledger {
namespace {

// Sends the events of one generation to one client. The reactions follow one
// another (a delivery, its writes, the next delivery), so no field needs a
// lock; Finish is called only for the delivery that has an end, and OnDone
// comes last.
class InferenceStream final
    : public grpc::ServerWriteReactor<v1::RunInferenceResponse> {
 public:
  explicit InferenceStream(std::shared_ptr<GenerationStream> events)
      : events_(std::move(events)) {
    SendNext();
  }

  void OnWriteDone(bool ok) override {
    if (!ok) events_->Cancel();
    SendNext();
  }
  void OnCancel() override { events_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  void SendNext() {
    if (next_ < waiting_.items.size()) {
      response_ = ToProto(Coalesced());
      response_.set_seq(seq_++);
      StartWrite(&response_);
    } else if (waiting_.end) {
      Finish(ToGrpc(*waiting_.end));
    } else {
      events_->Pop([this](GenerationStream::Delivery delivery) {
        waiting_ = std::move(delivery);
        next_ = 0;
        SendNext();
      });
    }
  }

  // The next event; tokens that wait behind one another become one, since a
  // message costs more than the text in it.
  GenerationEvent Coalesced() {
    GenerationEvent event = std::move(waiting_.items[next_++]);
    auto* token = std::get_if<Token>(&event);
    while (token != nullptr && next_ < waiting_.items.size()) {
      auto* more = std::get_if<Token>(&waiting_.items[next_]);
      if (more == nullptr) break;
      token->text += more->text;
      token->token_count += more->token_count;
      std::ranges::move(more->logprobs, std::back_inserter(token->logprobs));
      ++next_;
    }
    return event;
  }

  const std::shared_ptr<GenerationStream> events_;
  GenerationStream::Delivery waiting_;
  size_t next_ = 0;
  int64_t seq_ = 0;
  v1::RunInferenceResponse response_;
};

}  // namespace

InferenceService::InferenceService(LoadedModels& models,
                                   boost::asio::any_io_executor workers)
    : models_(models), workers_(std::move(workers)) {}

grpc::ServerWriteReactor<v1::RunInferenceResponse>*
InferenceService::RunInference(grpc::CallbackServerContext*,
                               const v1::RunInferenceRequest* request) {
  auto events = std::make_shared<GenerationStream>();
  absl::StatusOr<Generation> generation = FromProto(*request);
  if (generation.ok()) {
    const absl::Status checked = Validate(*generation);
    if (!checked.ok()) generation = checked;
  }
  if (generation.ok()) {
    boost::asio::post(
        workers_,
        [this, events, generation = *std::move(generation),
         load = FromProto(request->model_id(), request->load())]() mutable {
          if (events->cancelled()) return;
          auto constraint = AsGrammar(generation.constraint);
          if (!constraint.ok()) return events->Close(constraint.status());
          generation.constraint = *std::move(constraint);
          const auto runner = models_.Acquire(load);
          if (runner.ok()) {
            (*runner)->Submit(std::move(generation), events);
          } else {
            events->Close(runner.status());
          }
        });
  } else {
    events->Close(generation.status());
  }
  return new InferenceStream(std::move(events));
}

grpc::Status InferenceService::Embed(grpc::ServerContext*,
                                     const v1::EmbedRequest*,
                                     v1::EmbedResponse*) {
  return LaterVersion("InferenceRunner.Embed");
}

grpc::Status InferenceService::Tokenize(grpc::ServerContext*,
                                        const v1::TokenizeRequest*,
                                        v1::TokenizeResponse*) {
  return LaterVersion("InferenceRunner.Tokenize");
}

}  // namespace hwledger
