#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "tests/cli/command_test.h"

namespace hwledger {
namespace {

using ::testing::HasSubstr;

class QuestionTest : public CommandTest {
 protected:
  QuestionTest() {
    daemon.tokenize = [this](const v1::TokenizeRequest& sent,
                             v1::TokenizeResponse* response) {
      tokenize = sent;
      v1::TokenPiece& token = *response->add_tokens();
      token.set_id(7);
      token.set_piece("What");
      response->add_tokens()->set_piece("\xC3");
      return grpc::Status::OK;
    };
    daemon.embed = [this](const v1::EmbedRequest& sent,
                          v1::EmbedResponse* response) {
      embed = sent;
      for (int i = 0; i < sent.texts_size(); ++i) {
        v1::Embedding& embedding = *response->add_embeddings();
        for (const float value : {0.5F, -0.25F, 0.0F, 1.0F, 2.0F}) {
          embedding.add_values(value);
        }
      }
      return grpc::Status::OK;
    };
  }

  v1::TokenizeRequest tokenize;
  v1::EmbedRequest embed;
};

TEST_F(QuestionTest, ShowsEachTokenWithItsText) {
  const Outcome outcome = Run({"tokenize", "demo", "What", "is"});

  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(tokenize.text(), "What is");
  EXPECT_FALSE(tokenize.has_add_special());
  EXPECT_THAT(outcome.output, HasSubstr("7  \"What\""));
  EXPECT_THAT(outcome.output, HasSubstr("0  \"\\xc3\""));
}

TEST_F(QuestionTest, TakesSpecialTokensForTextIfAsked) {
  Run({"tokenize", "demo", "a", "--plain", "--slots", "2"});

  EXPECT_EQ(tokenize.ShortDebugString(),
            "model_id: \"demo\" text: \"a\" add_special: false parse_special: "
            "false load { batch_size: 2 }");
}

TEST_F(QuestionTest, ShowsTheBeginOfEachEmbedding) {
  const Outcome outcome = Run({"embed", "demo", "one", "two words"});

  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(embed.ShortDebugString(),
            "model_id: \"demo\" texts: \"one\" texts: \"two words\" load { }");
  EXPECT_THAT(outcome.output,
              HasSubstr("two words           5  0.5000, -0.2500, 0.0000, "
                        "1.0000, …"));
}

TEST_F(QuestionTest, SendsHowToPool) {
  Run({"embed", "demo", "a", "--pooling", "last", "--raw"});

  EXPECT_EQ(embed.pooling(), v1::POOLING_LAST);
  EXPECT_FALSE(embed.normalize());
  EXPECT_EQ(Run({"embed", "demo", "a", "--pooling", "most"}).exit_code, 2);
}

TEST_F(QuestionTest, PrintsAnswersAsJson) {
  EXPECT_THAT(Run({"embed", "demo", "a", "--json"}).output,
              HasSubstr("{\"embeddings\":[{\"values\":[0.5,-0.25,0,1,2]}]"));
  EXPECT_THAT(Run({"tokenize", "demo", "a", "--json"}).output,
              HasSubstr("{\"id\":7,\"piece\":\"V2hhdA==\"}"));
}

}  // namespace
}  // namespace hwledger
