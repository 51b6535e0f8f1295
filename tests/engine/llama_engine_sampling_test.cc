#include <cmath>
#include <limits>
#include <string>

#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Says "on" for ever.
TinyModel Repeating() {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  return model;
}

TEST_F(LlamaEngineTest, SamplesAsTheModelsFileRecommends) {
  Load(TinyModel{.numbers = {{"general.sampling.temp", 0}}});
  const std::string greedy = FullText(Start(Greedy("a")));

  Generation generation = {.input = "a", .token_count_max = 40};
  EXPECT_EQ(FullText(Start(generation)), greedy);
  generation.sampling = {.temperature = 2, .seed = 1};
  EXPECT_NE(FullText(Start(generation)), greedy);
}

TEST_F(LlamaEngineTest, NeverSaysATokenThatABiasForbids) {
  Load(Repeating());
  Generation generation = Greedy(">", /*token_count_max=*/3);

  generation.sampling.logit_bias = {
      {.token_id = TinyModel::WordToken(0), .bias = -kInfinity}};

  EXPECT_THAT(FullText(Start(generation)), Not(HasSubstr("on")));
}

TEST_F(LlamaEngineTest, SaysATokenThatABiasFavours) {
  Load(Repeating());
  Generation generation = Greedy(">", /*token_count_max=*/3);

  generation.sampling.logit_bias = {
      {.token_id = TinyModel::ByteToken('x'), .bias = 100}};

  EXPECT_EQ(FullText(Start(generation)), "xxx");
}

TEST_F(LlamaEngineTest, RefusesABiasForATokenThatTheModelLacks) {
  Load(Repeating());

  EXPECT_THAT(
      AwaitEnd(Start({.input = "a", .sampling = {.logit_bias = {{260, 1}}}})),
      FailsWith(absl::StatusCode::kInvalidArgument,
                "sampling.logit_bias[0].token_id must be a token of the "
                "model, which has 260; got 260"));
}

TEST_F(LlamaEngineTest, LeavesOutTheLikeliestTokenWithXtc) {
  Load(TinyModel());
  Generation generation = {.input = "a",
                           .sampling = {.temperature = 1,
                                        .top_k = 2,
                                        .top_p = 1,
                                        .min_p = 0,
                                        .seed = 1,
                                        .xtc_probability = 1,
                                        .xtc_threshold = 0},
                           .token_count_max = 20,
                           .top_logprobs = 2};

  const Heard& heard = AwaitEnd(Start(generation));

  ASSERT_THAT(heard.logprobs, Not(IsEmpty()));
  for (const TokenLogprob& token : heard.logprobs) {
    EXPECT_EQ(token.token_id, token.top[1].token_id);
  }
}

TEST_F(LlamaEngineTest, BreaksARepetitionWithDry) {
  Load(Repeating());
  Generation generation = Greedy(">", /*token_count_max=*/12);
  const std::string repeated = FullText(Start(generation));
  ASSERT_EQ(repeated, "onononononononononononon");

  generation.sampling.dry_multiplier = 100;

  const std::string broken = FullText(Start(generation));
  EXPECT_THAT(broken, StartsWith("onon"));
  EXPECT_THAT(broken, Not(StartsWith("onononononononon")));
  generation.sampling.penalty_last_tokens = 0;
  EXPECT_EQ(FullText(Start(generation)), repeated);
}

TEST_F(LlamaEngineTest, AimsWithMirostatAtTheSurpriseThatWasAsked) {
  Load(TinyModel());
  const std::string greedy = FullText(Start(Greedy("a", 10)));
  Generation generation = {.input = "a",
                           .sampling = {.temperature = 1,
                                        .seed = 1,
                                        .mirostat = Mirostat{.tau = 0.001}},
                           .token_count_max = 10};

  EXPECT_EQ(FullText(Start(generation)), greedy);
  generation.sampling.mirostat->tau = 20;
  EXPECT_NE(FullText(Start(generation)), greedy);
}

TEST_F(LlamaEngineTest, SaysHowLikelyTokensWereBeforeSampling) {
  Load(TinyModel());
  Generation generation = Greedy("a", /*token_count_max=*/20);
  generation.top_logprobs = 20;

  const Heard greedy = AwaitEnd(Start(generation));
  generation.sampling = {.temperature = 2,
                         .seed = 1,
                         .logit_bias = {{TinyModel::ByteToken('x'), 50}}};
  const Heard& biased = AwaitEnd(Start(generation));

  ASSERT_THAT(greedy.logprobs, SizeIs(greedy.token_count));
  for (const TokenLogprob& token : greedy.logprobs) {
    ASSERT_THAT(token.top, SizeIs(20));
    EXPECT_EQ(token.top[0].token_id, token.token_id);
    EXPECT_EQ(token.top[0].piece, token.piece);
    double sum = 0;
    for (const TokenLogprob& likely : token.top)
      sum += std::exp(likely.logprob);
    EXPECT_THAT(sum, AllOf(Le(1 + 1e-6), testing::Gt(20.0 / 259)));
  }
  EXPECT_EQ(biased.logprobs[0].piece, "x");
  EXPECT_EQ(biased.logprobs[0].top, greedy.logprobs[0].top);
}

TEST_F(LlamaEngineTest, SaysHowLikelyTokensWereOnlyIfAsked) {
  Load(TinyModel());
  Generation generation = Greedy("a", /*token_count_max=*/5);
  EXPECT_THAT(AwaitEnd(Start(generation)).logprobs, IsEmpty());

  generation.top_logprobs = 0;

  EXPECT_THAT(
      AwaitEnd(Start(generation)).logprobs,
      AllOf(SizeIs(5), Each(testing::Field(&TokenLogprob::top, IsEmpty()))));
}

}  // namespace
}  // namespace hwledger
