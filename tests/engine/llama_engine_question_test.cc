#include <cmath>

#include "tests/engine/llama_engine_fixture.h"
#include "tests/engine/tiny_encoder.h"

namespace hwledger {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;
using ::testing::SizeIs;

// Engine, question, answer.
class LlamaEngineQuestionTest : public LlamaEngineTest {
 protected:
  int64_t Ask(Question question) {
    const int64_t id = next_id_++;
    engine_.Submit({id, std::move(question)});
    return id;
  }
  // The answer to the question that was asked last, or why there is none.
  absl::StatusOr<Answer> AwaitAnswer(int64_t id) {
    while (true) {
      for (StepEvent& event : engine_.WaitForEvents()) {
        if (event.generation_id != id) continue;
        if (auto* status = std::get_if<absl::Status>(&event.event)) {
          return *status;
        }
        return std::get<Answer>(std::move(event.event));
      }
    }
  }
  template <typename Part>
  Part Answered(Question question) {
    const absl::StatusOr<Answer> answer = AwaitAnswer(Ask(std::move(question)));
    EXPECT_THAT(answer, IsOk());
    return answer.ok() ? std::get<Part>(*answer) : Part();
  }
  std::vector<std::vector<float>> Embedded(EmbedQuestion question) {
    return Answered<EmbedAnswer>(std::move(question)).embeddings;
  }
  absl::Status Refused(Question question) {
    return AwaitAnswer(Ask(std::move(question))).status();
  }

  void LoadEncoder(const TinyEncoder& model, int64_t context_tokens = 256) {
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    ASSERT_THAT(engine_.Load(model.Write(test->name()),
                             {.sequence_length = context_tokens},
                             [](double) { return true; }),
                IsOk());
  }

  int64_t next_id_ = 1000;
};

double Length(const std::vector<float>& values) {
  double squares = 0;
  for (const float value : values) squares += double{value} * double{value};
  return std::sqrt(squares);
}

// The cache holds keys and values in 16 bits.
auto IsNear(const std::vector<float>& values) {
  return Pointwise(FloatNear(2e-2F), values);
}

TEST_F(LlamaEngineQuestionTest, TakesATextApartAndPutsItTogetherAgain) {
  Load({.words = {"Hi"}});

  const auto tokens = Answered<TokenizeAnswer>(TokenizeQuestion{"Hi\xC3\xA9"});
  ASSERT_THAT(tokens.tokens, SizeIs(4));
  EXPECT_EQ(tokens.tokens[0], (TokenPiece{TinyModel::kBegin, "<s>"}));
  EXPECT_EQ(tokens.tokens[1], (TokenPiece{TinyModel::WordToken(0), "Hi"}));
  // Half a character each.
  EXPECT_EQ(tokens.tokens[2],
            (TokenPiece{TinyModel::ByteToken('\xC3'), "\xC3"}));

  const auto text = Answered<DetokenizeAnswer>(
      DetokenizeQuestion{{TinyModel::WordToken(0), TinyModel::ByteToken('\xC3'),
                          TinyModel::kEnd}});
  EXPECT_EQ(text.text, "Hi\uFFFD</s>");
}

TEST_F(LlamaEngineQuestionTest, TakesSpecialTokensForTextIfAsked) {
  Load(TinyModel());

  EXPECT_THAT(Answered<TokenizeAnswer>(TokenizeQuestion{"</s>"}).tokens,
              SizeIs(2));
  EXPECT_THAT(
      Answered<TokenizeAnswer>(TokenizeQuestion{"</s>", /*add_special=*/false,
                                                /*parse_special=*/false})
          .tokens,
      SizeIs(4));
}

TEST_F(LlamaEngineQuestionTest, RefusesATokenThatIsNone) {
  Load(TinyModel());

  EXPECT_THAT(Refused(DetokenizeQuestion{{1, 259}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("token_ids[1] must be a token of the "
                                          "model, 0 to 258; got 259")));
  EXPECT_THAT(Refused(DetokenizeQuestion{{-1}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(LlamaEngineQuestionTest, EmbedsTextsTogetherAsItEmbedsThemAlone) {
  Load(TinyModel());
  std::vector<std::string> texts;
  for (size_t i = 0; i < 80; ++i) texts.push_back(std::string(1 + i % 20, 'a'));
  texts.push_back("b");

  const auto together = Embedded({texts});

  ASSERT_THAT(together, SizeIs(81));
  EXPECT_THAT(Length(together[7]), testing::DoubleNear(1, 1e-3));
  EXPECT_THAT(together[7], IsNear(Embedded({{texts[7]}})[0]));
  EXPECT_THAT(together[80], IsNear(Embedded({{"b"}})[0]));
  EXPECT_THAT(together[80], testing::Not(IsNear(together[0])));
}

TEST_F(LlamaEngineQuestionTest, EmbedsALongTextInPiecesAsItDoesAtOnce) {
  const std::string path = TinyModel().Write("pieces");
  const std::string text(150, 'a');
  LlamaEngine small;
  ASSERT_THAT(
      engine_.Load(path, {.sequence_length = 256}, [](double) { return true; }),
      IsOk());
  ASSERT_THAT(small.Load(path, {.sequence_length = 256, .micro_batch_size = 32},
                         [](double) { return true; }),
              IsOk());

  for (const Pooling pooling :
       {Pooling::kMean, Pooling::kCls, Pooling::kLast}) {
    const EmbedQuestion question = {{text}, /*normalize=*/false, pooling};
    small.Submit({1, Question(question)});
    const std::vector<StepEvent> events = small.WaitForEvents();
    const auto& answer = std::get<Answer>(events.at(0).event);

    EXPECT_THAT(std::get<EmbedAnswer>(answer).embeddings[0],
                IsNear(Embedded(question)[0]));
  }
}

TEST_F(LlamaEngineQuestionTest, EmbedsBesideAGeneration) {
  Load(TinyModel());
  const std::string alone = FullText(Start(Greedy("abc", 100)));
  const int64_t generation = Start(Greedy("abc", 100));

  const int64_t question = Ask(EmbedQuestion{{"a"}});

  // Both end, in whichever order; a generation is as it would be alone.
  std::string text;
  bool is_embedded = false;
  while (text.empty() || !is_embedded) {
    for (const StepEvent& event : engine_.WaitForEvents()) {
      is_embedded |= event.generation_id == question &&
                     std::holds_alternative<Answer>(event.event);
      if (const auto* completion = std::get_if<Completion>(&event.event)) {
        EXPECT_EQ(event.generation_id, generation);
        text = completion->full_text;
      }
    }
  }
  EXPECT_EQ(text, alone);
}

TEST_F(LlamaEngineQuestionTest, TellsWhatTheContextThatEmbedsTakes) {
  Load(TinyModel());

  const auto answer = Answered<EmbedAnswer>(EmbedQuestion{{"ab", "c"}});

  // With the begin of each text.
  EXPECT_EQ(answer.prompt_tokens, 5);
  ASSERT_THAT(answer.context, SizeIs(1));
  EXPECT_EQ(answer.context[0].weights, Bytes());
  // 256 cells of two layers, 64 elements of two bytes, a key and a value.
  EXPECT_EQ(answer.context[0].kv_cache, 256 * 2 * 2 * Bytes(128));
}

TEST_F(LlamaEngineQuestionTest, RefusesATextThatIsTooLong) {
  Load(TinyModel());

  EXPECT_THAT(
      Refused(EmbedQuestion{{"a", std::string(256, 'a')}}),
      StatusIs(absl::StatusCode::kInvalidArgument,
               testing::HasSubstr("texts[1] is too long: it has 257 "
                                  "tokens, and the context holds 256")));
}

TEST_F(LlamaEngineQuestionTest, EndsACancelledQuestion) {
  Load(TinyModel());
  const std::vector<std::string> texts(2000, std::string(200, 'a'));

  const int64_t id = Ask(EmbedQuestion{texts});
  Cancel(id);

  EXPECT_THAT(AwaitAnswer(id).status(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(Embedded({{"a"}}), SizeIs(1));
}

TEST_F(LlamaEngineQuestionTest, EmbedsWithAnEncoderByItsOwnPooling) {
  LoadEncoder({.pooling_type = 2});

  const auto own = Embedded({{"one two", "three"}});
  ASSERT_THAT(own, SizeIs(2));
  EXPECT_THAT(own, Each(SizeIs(64)));
  EXPECT_THAT(own[0], IsNear(Embedded({{"one two"}, true, Pooling::kCls})[0]));
  EXPECT_THAT(
      own[0],
      testing::Not(IsNear(Embedded({{"one two"}, true, Pooling::kMean})[0])));
}

TEST_F(LlamaEngineQuestionTest, GeneratesNothingWithAnEncoder) {
  LoadEncoder({});

  EXPECT_THAT(AwaitEnd(Start(Greedy("one"))),
              FailsWith(absl::StatusCode::kFailedPrecondition,
                        "the model embeds texts and generates none"));
}

TEST_F(LlamaEngineQuestionTest, HoldsAnEncoderToThePositionsThatItKnows) {
  LoadEncoder({.context_tokens = 8});

  // With the tokens that begin and end it.
  EXPECT_THAT(Embedded({{"one one one one one one"}}), SizeIs(1));
  EXPECT_THAT(Refused(EmbedQuestion{{"one one one one one one one"}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("it has 9 tokens, and the context "
                                          "holds 8")));
}

TEST_F(LlamaEngineQuestionTest, EmbedsByARankerOnlyIfToldHow) {
  LoadEncoder({.pooling_type = 4});

  EXPECT_THAT(Refused(EmbedQuestion{{"one"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::HasSubstr("makes no embeddings")));
  EXPECT_THAT(Embedded({{"one"}, true, Pooling::kMean}), SizeIs(1));
}

}  // namespace
}  // namespace hwledger
