#include "core/engine/llama_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/utf8.h"
#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int64_t kPlenty = 1'000'000;

// What one generation has said.
struct Heard {
  std::vector<int64_t> positions;
  std::vector<int64_t> processed_tokens;
  std::vector<std::string> texts;
  int64_t token_count = 0;
  std::optional<Completion> completion;
  std::optional<absl::Status> failure;

  bool ended() const { return completion || failure; }
  std::string text() const { return absl::StrJoin(texts, ""); }
};

class LlamaEngineTest : public testing::Test {
 protected:
  void Load(const TinyModel& model, int64_t slot_count = 1) {
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    const auto ready =
        engine_.Load(model.Write(test->name()),
                     {.sequence_length = 256, .slot_count = slot_count},
                     [](double) { return true; });
    ASSERT_THAT(ready, IsOk());
  }

  int64_t Start(Generation generation, int64_t credit_tokens = kPlenty) {
    const int64_t id = next_id_++;
    engine_.Submit({id, hwledger::Start{std::move(generation), credit_tokens}});
    return id;
  }
  void Cancel(int64_t id) { engine_.Submit({id, hwledger::Cancel{}}); }
  void Grant(int64_t id, int64_t credit_tokens) {
    engine_.Submit({id, hwledger::Grant{credit_tokens}});
  }

  // Listens until `condition` holds for the generation.
  template <typename Condition>
  const Heard& Await(int64_t id, const Condition& condition) {
    while (!condition(heard_[id])) {
      for (StepEvent& event : engine_.WaitForEvents()) Hear(std::move(event));
    }
    return heard_[id];
  }
  const Heard& AwaitEnd(int64_t id) {
    return Await(id, [](const Heard& heard) { return heard.ended(); });
  }
  std::string FullText(int64_t id) {
    const Heard& heard = AwaitEnd(id);
    EXPECT_FALSE(heard.failure) << *heard.failure;
    return heard.completion ? heard.completion->full_text : "";
  }

  LlamaEngine engine_;
  std::map<int64_t, Heard> heard_;

 private:
  void Hear(StepEvent event) {
    Heard& heard = heard_[event.generation_id];
    EXPECT_FALSE(heard.ended()) << "an event after the last";
    if (auto* token = std::get_if<Token>(&event.event)) {
      heard.texts.push_back(std::move(token->text));
      heard.token_count += token->token_count;
    } else if (auto* queued = std::get_if<Queued>(&event.event)) {
      heard.positions.push_back(queued->position);
    } else if (auto* progress = std::get_if<PromptProgress>(&event.event)) {
      heard.processed_tokens.push_back(progress->processed_tokens);
    } else if (auto* completion = std::get_if<Completion>(&event.event)) {
      EXPECT_EQ(heard.text(), completion->full_text);
      heard.completion = std::move(*completion);
    } else {
      heard.failure = std::get<absl::Status>(std::move(event.event));
    }
  }

  int64_t next_id_ = 1;
};

auto FailsWith(absl::StatusCode code, const char* message) {
  return testing::Field(&Heard::failure,
                        testing::Optional(StatusIs(code, HasSubstr(message))));
}

Generation Greedy(std::string prompt, int64_t token_count_max = 40) {
  return {.input = std::move(prompt),
          .sampling = {.temperature = 0},
          .token_count_max = token_count_max};
}

TEST_F(LlamaEngineTest, StreamsATextUntilTheModelEndsIt) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = "When>"}));

  ASSERT_TRUE(heard.completion);
  EXPECT_THAT(heard.texts, ElementsAre("It", " is", " five."));
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kEndOfText);
  // The begin of the text and five bytes.
  EXPECT_EQ(heard.completion->prompt_tokens, 6);
  EXPECT_EQ(heard.completion->completion_tokens, 3);
  EXPECT_THAT(heard.processed_tokens, ElementsAre(6));
}

TEST_F(LlamaEngineTest, EndsBeforeAStopStringAcrossTokens) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = ">", .stop_strings = {"s f"}}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "It i");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kStopString);
  EXPECT_EQ(heard.completion->stop_string, "s f");
}

TEST_F(LlamaEngineTest, EndsAfterAsManyTokensAsWereAsked) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard = AwaitEnd(Start({.input = ">", .token_count_max = 2}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "It is");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kLength);
}

TEST_F(LlamaEngineTest, EndsWhenTheContextIsFull) {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  Load(model);

  const Heard& heard = AwaitEnd(Start({.input = ">"}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kLength);
  // With the begin of the text and the ">".
  EXPECT_EQ(heard.completion->completion_tokens, 256 - 2);
}

TEST_F(LlamaEngineTest, JoinsTheBytesOfACharacter) {
  TinyModel model;
  const std::string said = ">é😀";
  for (size_t i = 0; i + 1 < said.size(); ++i) {
    model.successors.emplace_back(TinyModel::ByteToken(said[i]),
                                  TinyModel::ByteToken(said[i + 1]));
  }
  model.successors.emplace_back(TinyModel::ByteToken(said.back()),
                                TinyModel::kEnd);
  Load(model);

  const Heard& heard = AwaitEnd(Start({.input = ">"}));

  EXPECT_THAT(heard.texts, ElementsAre("é", "😀"));
  EXPECT_EQ(heard.token_count, 6);
}

TEST_F(LlamaEngineTest, SendsOnlyWholeUtf8WhateverTheModelSays) {
  Load(TinyModel());

  const Heard& heard =
      AwaitEnd(Start({.input = "a",
                      .sampling = {.temperature = 2, .seed = 1},
                      .token_count_max = 200}));

  for (const std::string& text : heard.texts) {
    EXPECT_EQ(WithValidUtf8(text), text);
  }
  EXPECT_THAT(heard.text(), HasSubstr("\uFFFD"));
}

TEST_F(LlamaEngineTest, AnswersAChatByTheModelsTemplate) {
  TinyModel model = TinyModel::Reciting({"Hello"});
  model.chat_template = "{{ bos_token }}{{ messages[0]['content'] }}>";
  Load(model);

  const Heard& heard =
      AwaitEnd(Start({.input = std::vector<ChatMessage>{{"user", "Hi"}}}));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "Hello");
  // The template's begin of the text is not doubled.
  EXPECT_EQ(heard.completion->prompt_tokens, 4);
}

TEST_F(LlamaEngineTest, RefusesAChatWhereTheModelHasNoTemplate) {
  Load(TinyModel());

  EXPECT_THAT(
      AwaitEnd(Start({.input = std::vector<ChatMessage>{{"user", "Hi"}}})),
      FailsWith(absl::StatusCode::kFailedPrecondition,
                "use prompt instead of chat"));
}

TEST_F(LlamaEngineTest, RefusesAPromptThatLeavesNoRoomForAnAnswer) {
  Load(TinyModel());

  // With the begin of the text, 255 and 256 tokens.
  EXPECT_EQ(AwaitEnd(Start(Greedy(std::string(254, 'a')))).failure,
            std::nullopt);
  EXPECT_THAT(AwaitEnd(Start(Greedy(std::string(255, 'a')))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "it has 256 tokens, and prompt and answer together "
                        "may have 256"));
}

TEST_F(LlamaEngineTest, RefusesAnEmptyPromptWhereNothingBeginsAText) {
  TinyModel model;
  model.begins_with_token = false;
  Load(model);

  EXPECT_THAT(AwaitEnd(Start(Greedy(""))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "prompt must not be empty"));
}

TEST_F(LlamaEngineTest, RefusesWhatIsOutOfRangeAndGoesOn) {
  Load(TinyModel());

  EXPECT_THAT(
      AwaitEnd(Start({.input = "a", .sampling = {.temperature = -1}})),
      FailsWith(absl::StatusCode::kInvalidArgument, "sampling.temperature"));
  EXPECT_TRUE(AwaitEnd(Start(Greedy("a"))).completion);
}

TEST_F(LlamaEngineTest, GivesEachOfEightTheTextThatItGetsAlone) {
  Load(TinyModel(), /*slot_count=*/8);
  std::vector<std::string> alone;
  for (int64_t i = 0; i < 8; ++i) {
    alone.push_back(FullText(Start(Greedy(absl::StrCat("Prompt ", i)))));
  }

  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 8; ++i) {
    ids.push_back(Start(Greedy(absl::StrCat("Prompt ", i))));
  }

  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(FullText(ids[i]), alone[i]) << i;
  }
  EXPECT_NE(alone[0], alone[1]);
}

TEST_F(LlamaEngineTest, ReadsALongPromptInPartsWithTheSameResult) {
  Load(TinyModel(), /*slot_count=*/2);
  const std::string prompt(200, 'x');
  const std::string alone = FullText(Start(Greedy(prompt)));
  LlamaEngine in_parts;
  ASSERT_THAT(in_parts.Load(TinyModel().Write("in_parts"),
                            {.sequence_length = 256, .micro_batch_size = 16},
                            [](double) { return true; }),
              IsOk());

  in_parts.Submit({1, hwledger::Start{Greedy(prompt), kPlenty}});
  std::vector<int64_t> processed;
  std::optional<Completion> completion;
  while (!completion) {
    for (StepEvent& event : in_parts.WaitForEvents()) {
      if (auto* progress = std::get_if<PromptProgress>(&event.event)) {
        processed.push_back(progress->processed_tokens);
      } else if (auto* end = std::get_if<Completion>(&event.event)) {
        completion = *end;
      }
    }
  }

  EXPECT_EQ(completion->full_text, alone);
  EXPECT_THAT(processed, AllOf(SizeIs(Gt(4)), testing::Contains(201)));
}

TEST_F(LlamaEngineTest, RepeatsATextForTheSameSeedOnly) {
  Load(TinyModel());
  Generation generation = {.input = "a",
                           .sampling = {.temperature = 1, .seed = 1},
                           .token_count_max = 40};

  const std::string first = FullText(Start(generation));
  EXPECT_EQ(FullText(Start(generation)), first);
  generation.sampling.seed = 2;
  EXPECT_NE(FullText(Start(generation)), first);
}

TEST_F(LlamaEngineTest, AvoidsWhatAPenaltyForbids) {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  Load(model);
  Generation generation = Greedy(">", /*token_count_max=*/3);
  EXPECT_EQ(FullText(Start(generation)), "ononon");

  generation.sampling.repetition_penalty = 10;
  generation.sampling.frequency_penalty = 2;
  generation.sampling.presence_penalty = 2;

  EXPECT_THAT(FullText(Start(generation)), Not(HasSubstr("ononon")));
}

TEST_F(LlamaEngineTest, PausesWithoutCreditWhileOthersGoOn) {
  Load(TinyModel(), /*slot_count=*/2);
  const int64_t poor = Start(Greedy("a"), /*credit_tokens=*/2);
  const int64_t rich = Start(Greedy("b"));

  AwaitEnd(rich);
  EXPECT_LE(heard_[poor].token_count, 2);
  EXPECT_FALSE(heard_[poor].ended());

  Grant(poor, kPlenty);
  EXPECT_EQ(AwaitEnd(poor).completion->completion_tokens, 40);
}

TEST_F(LlamaEngineTest, TellsWhoWaitsItsPosition) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/0);
  const int64_t second = Start(Greedy("b"));
  const int64_t third = Start(Greedy("c"));
  Await(third, [](const Heard& heard) { return !heard.positions.empty(); });

  Grant(running, kPlenty);

  AwaitEnd(third);
  EXPECT_THAT(heard_[running].positions, IsEmpty());
  EXPECT_THAT(heard_[second].positions, ElementsAre(0));
  EXPECT_THAT(heard_[third].positions, ElementsAre(1, 0));
}

TEST_F(LlamaEngineTest, RefusesMoreThanMayWait) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/0);
  std::vector<int64_t> waiting;
  for (int i = 0; i < 256; ++i) waiting.push_back(Start(Greedy("b", 1)));

  EXPECT_THAT(AwaitEnd(Start(Greedy("c"))),
              FailsWith(absl::StatusCode::kResourceExhausted,
                        "too many generations wait for this model: 256"));
  Grant(running, kPlenty);
  AwaitEnd(waiting.back());
  EXPECT_TRUE(AwaitEnd(Start(Greedy("d"))).completion);
}

TEST_F(LlamaEngineTest, FreesTheSlotOfWhatIsCancelledWhileItWrites) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/1);
  const int64_t next = Start(Greedy("b"));
  Await(running, [](const Heard& heard) { return heard.token_count == 1; });

  Cancel(running);

  EXPECT_THAT(AwaitEnd(running),
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_TRUE(AwaitEnd(next).completion);
}

TEST_F(LlamaEngineTest, FreesTheSlotOfWhatIsCancelledWhileItReads) {
  Load(TinyModel(), /*slot_count=*/1);
  // Stays before the last token of its prompt.
  const int64_t reading = Start(Greedy("abc"), /*credit_tokens=*/0);
  const int64_t next = Start(Greedy("b"));
  Await(reading,
        [](const Heard& heard) { return !heard.processed_tokens.empty(); });

  Cancel(reading);

  EXPECT_TRUE(AwaitEnd(next).completion);
  EXPECT_THAT(heard_[reading],
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_THAT(heard_[reading].texts, IsEmpty());
}

TEST_F(LlamaEngineTest, ForgetsWhatIsCancelledWhileItWaits) {
  Load(TinyModel(), /*slot_count=*/1);
  const int64_t running = Start(Greedy("a"), /*credit_tokens=*/1);
  const int64_t waiting = Start(Greedy("b"));
  Await(waiting, [](const Heard& heard) { return !heard.positions.empty(); });

  Cancel(waiting);

  EXPECT_THAT(AwaitEnd(waiting),
              FailsWith(absl::StatusCode::kCancelled, "cancelled"));
  EXPECT_THAT(heard_[waiting].processed_tokens, IsEmpty());
  Grant(running, kPlenty);
  EXPECT_TRUE(AwaitEnd(running).completion);
}

TEST_F(LlamaEngineTest, KeepsTheTextsOfOthersWhenOneIsCancelled) {
  Load(TinyModel(), /*slot_count=*/2);
  const std::string alone = FullText(Start(Greedy("other")));
  const int64_t cancelled = Start(Greedy("a"), /*credit_tokens=*/3);
  const int64_t other = Start(Greedy("other"), /*credit_tokens=*/5);
  Await(cancelled, [](const Heard& heard) { return heard.token_count > 0; });

  Cancel(cancelled);
  const int64_t successor = Start(Greedy("b"));
  Grant(other, kPlenty);

  EXPECT_EQ(FullText(other), alone);
  EXPECT_TRUE(AwaitEnd(successor).completion);
}

TEST_F(LlamaEngineTest, EndsWhileGenerationsRun) {
  Load(TinyModel(), /*slot_count=*/2);
  const int64_t running = Start({.input = "a", .token_count_max = 200});
  Start(Greedy("b"), /*credit_tokens=*/0);
  Await(running, [](const Heard& heard) { return heard.token_count > 0; });

  engine_.Stop();

  while (!engine_.WaitForEvents().empty()) {
  }
}

TEST_F(LlamaEngineTest, RefusesGenerationsBeforeAModelIsLoaded) {
  EXPECT_THAT(
      AwaitEnd(Start(Greedy("a"))),
      FailsWith(absl::StatusCode::kFailedPrecondition, "no model is loaded"));
}

TEST(LlamaEngineLoadTest, TellsWhatTheModelHolds) {
  TinyModel model;
  model.chat_template = "{{ messages[0]['content'] }}";
  std::vector<double> fractions;
  LlamaEngine engine;

  const auto ready =
      engine.Load(model.Write("what_it_holds"), {.sequence_length = 256},
                  [&](double fraction) {
                    fractions.push_back(fraction);
                    return true;
                  });

  ASSERT_THAT(ready, IsOk());
  EXPECT_TRUE(ready->has_chat_template);
  ASSERT_THAT(ready->devices, Not(IsEmpty()));
  // Keys and values of 256 tokens, 2 layers, 64 elements of 2 bytes.
  EXPECT_EQ(ready->devices[0].kv_cache, 2 * (256 * (2 * Bytes(64 * 2))));
  EXPECT_THAT(ready->devices[0].weights, Gt(KiB(500)));
  ASSERT_THAT(fractions, Not(IsEmpty()));
  EXPECT_EQ(fractions.back(), 1);
}

TEST(LlamaEngineLoadTest, CanBeGivenUp) {
  LlamaEngine engine;

  EXPECT_THAT(
      engine.Load(TinyModel().Write("given_up"), {.sequence_length = 256},
                  [](double) { return false; }),
      StatusIs(absl::StatusCode::kCancelled));
}

TEST(LlamaEngineLoadTest, RefusesASecondModel) {
  LlamaEngine engine;
  const std::string path = TinyModel().Write("second");
  const EngineOptions options = {.sequence_length = 256};
  ASSERT_THAT(engine.Load(path, options, [](double) { return true; }), IsOk());

  EXPECT_THAT(engine.Load(path, options, [](double) { return true; }),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(LlamaEngineLoadTest, RefusesOptionsOutOfRange) {
  LlamaEngine engine;

  EXPECT_THAT(engine.Load(TinyModel().Write("options"), {.sequence_length = 0},
                          [](double) { return true; }),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("sequence_length")));
}

}  // namespace
}  // namespace hwledger
