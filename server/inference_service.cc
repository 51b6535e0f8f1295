#include "server/inference_service.h"

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "boost/asio/post.hpp"
#include "core/constraint/constraint.h"
#include "core/engine/join_texts.h"
#include "core/field_error.h"
#include "core/generation_stream.h"
#include "server/generation_convert.h"
#include "server/library_convert.h"
#include "server/question_convert.h"
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

  // The next event; tokens that wait behind one another become one.
  GenerationEvent Coalesced() {
    GenerationEvent event = std::move(waiting_.items[next_++]);
    while (next_ < waiting_.items.size() &&
           JoinTexts(waiting_.items[next_], event)) {
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

// Brings the answer to one question to one client.
// Its answer is a `Part` of Answer.
template <typename Part, typename Response>
class QuestionCall final : public grpc::ServerUnaryReactor {
 public:
  explicit QuestionCall(Response* response)
      : open_(std::make_shared<OpenQuestion>(
            [this, response](const absl::StatusOr<Answer>& answer) {
              if (answer.ok()) *response = ToProto(std::get<Part>(*answer));
              Finish(ToGrpc(answer.status()));
            })) {}

  const std::shared_ptr<OpenQuestion>& open() const { return open_; }

  void OnCancel() override { open_->Cancel(); }
  void OnDone() override { delete this; }

 private:
  const std::shared_ptr<OpenQuestion> open_;
};

template <typename Request>
absl::Status Check(const Request& request) {
  if (request.model_id().empty()) {
    return FieldError("model_id", "must not be empty");
  }
  if constexpr (std::is_same_v<Request, v1::EmbedRequest>) {
    if (!v1::Pooling_IsValid(request.pooling())) {
      return FieldError(
          "pooling",
          absl::StrCat("must be one of the kinds; got ", request.pooling()));
    }
  }
  return absl::OkStatus();
}

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

void InferenceService::Ask(LoadRequest load, Question question,
                           const std::shared_ptr<OpenQuestion>& open) {
  boost::asio::post(workers_, [this, open, load = std::move(load),
                               question = std::move(question)]() mutable {
    const auto runner = models_.Acquire(load);
    if (runner.ok()) {
      (*runner)->Ask(std::move(question), open);
    } else {
      open->Close(runner.status());
    }
  });
}

template <typename Part, typename Request, typename Response>
grpc::ServerUnaryReactor* InferenceService::Ask(const Request& request,
                                                Response* response) {
  auto* call = new QuestionCall<Part, Response>(response);
  Question question = FromProto(request);
  absl::Status checked = Check(request);
  checked.Update(Validate(question));
  if (checked.ok()) {
    Ask(FromProto(request.model_id(), request.load()), std::move(question),
        call->open());
  } else {
    call->open()->Close(std::move(checked));
  }
  return call;
}

grpc::ServerUnaryReactor* InferenceService::Embed(
    grpc::CallbackServerContext*, const v1::EmbedRequest* request,
    v1::EmbedResponse* response) {
  return Ask<EmbedAnswer>(*request, response);
}

grpc::ServerUnaryReactor* InferenceService::Tokenize(
    grpc::CallbackServerContext*, const v1::TokenizeRequest* request,
    v1::TokenizeResponse* response) {
  return Ask<TokenizeAnswer>(*request, response);
}

grpc::ServerUnaryReactor* InferenceService::Detokenize(
    grpc::CallbackServerContext*, const v1::DetokenizeRequest* request,
    v1::DetokenizeResponse* response) {
  return Ask<DetokenizeAnswer>(*request, response);
}

}  // namespace hwledger
