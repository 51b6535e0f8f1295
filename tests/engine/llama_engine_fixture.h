#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "core/engine/llama_engine.h"
#include "tests/engine/tiny_model.h"
#include "tests/status_matchers.h"

namespace hwledger {

// Credit that no test uses up.
inline constexpr int64_t kPlenty = 1'000'000;

// What one generation has said.
struct Heard {
  std::vector<int64_t> positions;
  std::vector<int64_t> processed_tokens;
  std::vector<std::string> texts;
  int64_t token_count = 0;
  std::vector<TokenLogprob> logprobs;
  std::string reasoning;
  std::vector<ToolCall> tool_calls;
  std::optional<Completion> completion;
  std::optional<absl::Status> failure;

  bool ended() const { return completion || failure; }
  std::string text() const { return absl::StrJoin(texts, ""); }
};

class LlamaEngineTest : public testing::Test {
 protected:
  void Load(const TinyModel& model, int64_t slot_count = 1) {
    Load(model, {.sequence_length = 256, .slot_count = slot_count});
  }
  void Load(const TinyModel& model, const EngineOptions& options) {
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    const auto ready = engine_.Load(model.Write(test->name()), options,
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
      heard.logprobs.insert(heard.logprobs.end(), token->logprobs.begin(),
                            token->logprobs.end());
    } else if (auto* thought = std::get_if<Reasoning>(&event.event)) {
      heard.reasoning += thought->text;
    } else if (auto* call = std::get_if<ToolCall>(&event.event)) {
      heard.tool_calls.push_back(std::move(*call));
    } else if (auto* queued = std::get_if<Queued>(&event.event)) {
      heard.positions.push_back(queued->position);
    } else if (auto* progress = std::get_if<PromptProgress>(&event.event)) {
      heard.processed_tokens.push_back(progress->processed_tokens);
    } else if (auto* completion = std::get_if<Completion>(&event.event)) {
      EXPECT_EQ(heard.text(), completion->full_text);
      EXPECT_EQ(heard.reasoning, completion->reasoning);
      EXPECT_EQ(heard.tool_calls, completion->tool_calls);
      heard.completion = std::move(*completion);
    } else {
      heard.failure = std::get<absl::Status>(std::move(event.event));
    }
  }

  int64_t next_id_ = 1;
};

inline auto FailsWith(absl::StatusCode code, const char* message) {
  return testing::Field(
      &Heard::failure,
      testing::Optional(StatusIs(code, testing::HasSubstr(message))));
}

inline Generation Greedy(std::string prompt, int64_t token_count_max = 40) {
  return {.input = std::move(prompt),
          .sampling = {.temperature = 0},
          .token_count_max = token_count_max};
}

}  // namespace hwledger
