#include <string>

#include "tests/constraint/schema_validator.h"
#include "tests/server/daemon_fixture.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(DaemonTest, AnswersWithWhatASchemaAccepts) {
  const char* const schema =
      R"({"type": "object", "required": ["answer", "certain"], "properties":
          {"answer": {"type": "string", "maxLength": 20},
           "certain": {"type": "boolean"}}})";
  v1::RunInferenceRequest request = Asking("What is a token?");
  request.set_json_schema(schema);

  const Heard heard = Run(request);

  ASSERT_TRUE(heard.status.ok()) << heard.status.error_message();
  EXPECT_EQ(heard.completion().finish_reason(), v1::FINISH_REASON_END_OF_TEXT);
  EXPECT_EQ(SchemaViolation(schema, heard.text()), "") << heard.text();
}

TEST_F(DaemonTest, RefusesAConstraintThatCannotBeHeld) {
  v1::RunInferenceRequest request = Asking("Hello");

  request.set_grammar("root ::= \"a\" root");
  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          HasSubstr("grammar is refused: what the rule "
                                    "\"root\" derives never ends")));
  request.set_json_schema(R"({"items": {"not": {}}})");
  EXPECT_THAT(Run(request).status,
              IsGrpcError(grpc::StatusCode::INVALID_ARGUMENT,
                          HasSubstr("json_schema has an unsupported keyword "
                                    "\"not\" at #/items")));
}

// However many tokens were sent together.
TEST_F(DaemonTest, ReportsHowLikelyEachTokenWas) {
  v1::RunInferenceRequest request = Asking("What is a token?");
  request.set_top_logprobs(3);

  const Heard heard = Run(request);

  ASSERT_TRUE(heard.status.ok()) << heard.status.error_message();
  std::string text;
  int32_t count = 0;
  for (const v1::RunInferenceResponse& event : heard.events) {
    for (const v1::TokenLogprob& logprob : event.token().logprobs()) {
      EXPECT_LE(logprob.logprob(), 1e-6);
      EXPECT_THAT(logprob.top(), SizeIs(3));
      text += logprob.piece();
      ++count;
    }
  }
  EXPECT_EQ(text, heard.text());
  EXPECT_EQ(count, heard.completion().usage().completion_tokens());
}

}  // namespace
}  // namespace hwledger
