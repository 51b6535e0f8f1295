#include <cmath>

#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class DaemonQuestionTest : public DaemonTest {
 protected:
  template <typename Request>
  static Request Of(const std::string& model_id) {
    Request request;
    request.set_model_id(model_id);
    request.mutable_load()->set_thread_count(1);
    return request;
  }
  grpc::Status Tokenize(const v1::TokenizeRequest& request,
                        v1::TokenizeResponse* response) {
    grpc::ClientContext context;
    return runner_->Tokenize(&context, request, response);
  }
  grpc::Status Detokenize(const v1::DetokenizeRequest& request,
                          v1::DetokenizeResponse* response) {
    grpc::ClientContext context;
    return runner_->Detokenize(&context, request, response);
  }
  grpc::Status Embed(const v1::EmbedRequest& request,
                     v1::EmbedResponse* response) {
    grpc::ClientContext context;
    return runner_->Embed(&context, request, response);
  }
};

TEST_F(DaemonQuestionTest, TakesATextApartAndPutsItTogetherAgain) {
  v1::TokenizeRequest request = Of<v1::TokenizeRequest>("demo");
  request.set_text("What is a KV cache? é");
  request.set_add_special(false);
  v1::TokenizeResponse tokens;
  ASSERT_TRUE(Tokenize(request, &tokens).ok());

  std::string pieces;
  v1::DetokenizeRequest back = Of<v1::DetokenizeRequest>("demo");
  for (const v1::TokenPiece& token : tokens.tokens()) {
    pieces += token.piece();
    back.add_token_ids(token.id());
  }
  v1::DetokenizeResponse text;
  ASSERT_TRUE(Detokenize(back, &text).ok());

  EXPECT_THAT(pieces, HasSubstr("What is a KV cache? é"));
  EXPECT_EQ(text.text(), request.text());
}

// The client takes 4 MiB only, as gRPC's clients do by default.
TEST_F(DaemonQuestionTest, OutlivesAnAnswerThatIsTooLongForItsClient) {
  Load(/*slot_count=*/1);
  const int32_t process = Loaded().at(0).process_id();
  v1::TokenizeRequest request = Of<v1::TokenizeRequest>("demo");
  for (int i = 0; i < 300'000; ++i) *request.mutable_text() += "a b ";
  v1::TokenizeResponse tokens;

  EXPECT_EQ(Tokenize(request, &tokens).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);

  request.set_text("What is a token?");
  EXPECT_TRUE(Tokenize(request, &tokens).ok());
  EXPECT_EQ(Loaded().at(0).process_id(), process);
}

TEST_F(DaemonQuestionTest, EmbedsBesideAGeneration) {
  Load(/*slot_count=*/1);
  const std::string alone = Run(Asking("What is a token?")).text();
  grpc::ClientContext context;
  const auto reader =
      runner_->RunInference(&context, Asking("What is a token?"));

  v1::EmbedRequest request = Of<v1::EmbedRequest>("demo");
  request.add_texts("What is a token?");
  request.add_texts("What is a KV cache?");
  v1::EmbedResponse response;
  ASSERT_TRUE(Embed(request, &response).ok());

  EXPECT_EQ(Read(*reader).text(), alone);
  ASSERT_EQ(response.embeddings_size(), 2);
  EXPECT_GT(response.usage().prompt_tokens(), 2);
  double squares = 0;
  for (const float value : response.embeddings(0).values()) {
    squares += double{value} * double{value};
  }
  EXPECT_NEAR(squares, 1, 1e-3);
  // The context that embeds is counted.
  EXPECT_GT(Loaded().at(0).memory().measured_bytes(),
            Loaded().at(0).memory().predicted_bytes());
}

TEST_F(DaemonQuestionTest, TellsWhatIsWrong) {
  v1::EmbedResponse embedded;
  v1::DetokenizeResponse text;
  v1::TokenizeResponse tokens;

  EXPECT_THAT(Tokenize(Of<v1::TokenizeRequest>("nonesuch"), &tokens),
              IsGrpcError(grpc::StatusCode::NOT_FOUND, HasSubstr("nonesuch")));
  EXPECT_THAT(
      Tokenize(v1::TokenizeRequest(), &tokens),
      IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT, HasSubstr("model_id")));
  EXPECT_THAT(Embed(Of<v1::EmbedRequest>("demo"), &embedded),
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          HasSubstr("texts must hold 1 to 2048")));
  v1::EmbedRequest pooled = Of<v1::EmbedRequest>("demo");
  pooled.add_texts("a");
  pooled.set_pooling(static_cast<v1::Pooling>(77));
  EXPECT_THAT(
      Embed(pooled, &embedded),
      IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                  HasSubstr("pooling must be one of the kinds; got 77")));
  v1::DetokenizeRequest stranger = Of<v1::DetokenizeRequest>("demo");
  stranger.add_token_ids(-1);
  EXPECT_THAT(Detokenize(stranger, &text),
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          HasSubstr("token_ids[0] must be a token")));
}

TEST_F(DaemonQuestionTest, GivesACancelledQuestionUp) {
  v1::EmbedRequest request = Of<v1::EmbedRequest>("demo");
  for (int i = 0; i < 2048; ++i) request.add_texts(std::string(400, 'a'));
  Load(/*slot_count=*/1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::milliseconds(200));
  v1::EmbedResponse response;

  EXPECT_THAT(runner_->Embed(&context, request, &response).error_code(),
              testing::AnyOf(grpc::StatusCode::DEADLINE_EXCEEDED,
                             grpc::StatusCode::CANCELLED));

  EXPECT_THAT(Run(Asking("Hello")).text(), Not(IsEmpty()));
  EXPECT_EQ(Loaded().at(0).active_requests(), 0);
}

TEST_F(DaemonQuestionTest, RefusesToolsWhereTheTemplateHasNone) {
  v1::RunInferenceRequest request = Asking("Hello");
  request.mutable_chat()->add_tools()->set_name("time");

  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::FAILED_PRECONDITION,
                          HasSubstr("no place for tools")));
}

TEST_F(DaemonQuestionTest, RefusesAnAdapterThatIsNotLoaded) {
  v1::RunInferenceRequest request = Asking("Hello");
  request.add_lora_adapters()->set_path("/nonexistent/adapter.gguf");

  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          HasSubstr("/nonexistent/adapter.gguf")));
}

}  // namespace
}  // namespace hwledger
