#include <string>

#include "tests/constraint/example_schemas.h"
#include "tests/constraint/schema_validator.h"
#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;

Generation WithGrammar(Generation generation, std::string gbnf) {
  generation.constraint.grammar = std::move(gbnf);
  return generation;
}

TEST_F(LlamaEngineTest, SaysWhatTheGrammarDerivesAndEnds) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard =
      AwaitEnd(Start(WithGrammar(Greedy(">"), "root ::= \"no\"")));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "no");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kEndOfText);
  EXPECT_EQ(heard.completion->completion_tokens, 2);
}

TEST_F(LlamaEngineTest, LeavesATextThatFollowsTheGrammarAsItIs) {
  Load(TinyModel::Reciting({"It", " is", " five."}));

  const Heard& heard =
      AwaitEnd(Start(WithGrammar(Greedy(">"), "root ::= \"It is\" .*")));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "It is five.");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kEndOfText);
  EXPECT_EQ(heard.completion->completion_tokens, 3);
}

TEST_F(LlamaEngineTest, TakesAConstrainedAnswerAsItIsWhereTheModelWouldThink) {
  TinyModel model = TinyModel::Reciting({"Hm."});
  model.chat_template = "{{ messages[0]['content'] }}<think>{# </think> #}";
  Load(model);
  Generation generation =
      WithGrammar({.input = Chat{{{"user", "Hi"}}}}, "root ::= \"{}\"");

  const Heard& heard = AwaitEnd(Start(generation));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, "{}");
  EXPECT_EQ(heard.completion->reasoning, "");
}

// The model would rather say something else.
Generation MustCall(std::vector<ChatTool> tools) {
  Generation generation = {.input = Chat{.messages = {{"user", "Hi"}},
                                         .tools = std::move(tools),
                                         .tool_choice = ToolChoice::kRequired}};
  generation.sampling.temperature = 0;
  generation.token_count_max = 200;
  return generation;
}

TinyModel ModelWithTools(const std::string& signs) {
  TinyModel model = TinyModel::Reciting({"Hm."});
  model.chat_template =
      "{% for tool in tools %}{{ tool | tojson }}{% endfor %}"
      "{{ messages[0]['content'] }}>{# " +
      signs + " #}";
  return model;
}

TEST_F(LlamaEngineTest, CallsAToolWhereOneMustBeCalled) {
  Load(ModelWithTools("ipython"), {.sequence_length = 1024});

  const Heard& heard = AwaitEnd(Start(MustCall(
      {{.name = "set",
        .parameters_schema =
            R"({"type": "object", "properties": {"on": {"type": "boolean"}},
                "required": ["on"]})"}})));

  ASSERT_TRUE(heard.completion) << *heard.failure;
  ASSERT_EQ(heard.completion->tool_calls.size(), 1);
  EXPECT_EQ(heard.completion->tool_calls[0].name, "set");
  EXPECT_THAT(heard.completion->tool_calls[0].arguments_json,
              testing::AnyOf(R"({"on":true})", R"({"on":false})"));
  EXPECT_EQ(heard.completion->full_text, "");
  EXPECT_EQ(heard.completion->finish_reason, FinishReason::kToolCalls);
}

TEST_F(LlamaEngineTest, TellsWhyNoToolCanBeCalled) {
  Load(ModelWithTools(""), {.sequence_length = 1024});
  EXPECT_THAT(AwaitEnd(Start(MustCall({{.name = "time"}}))),
              FailsWith(absl::StatusCode::kFailedPrecondition,
                        "does not say how a tool is called"));
}

TEST_F(LlamaEngineTest, TellsWhichToolsSchemaCannotBeHeld) {
  Load(ModelWithTools("ipython"), {.sequence_length = 1024});
  EXPECT_THAT(AwaitEnd(Start(MustCall(
                  {{.name = "time"},
                   {.name = "set", .parameters_schema = R"({"not": {}})"}}))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "chat.tools[1].parameters_schema"));
}

TEST_F(LlamaEngineTest, DoesNotEndBeforeTheGrammarDoes) {
  Load(TinyModel::Reciting({"It"}));

  EXPECT_EQ(FullText(Start(WithGrammar(Greedy(">"), "root ::= \"It\" \"!\""))),
            "It!");
}

TEST_F(LlamaEngineTest, EndsAConstrainedTextEarlierIfAsked) {
  Load(TinyModel());
  Generation generation =
      WithGrammar(Greedy("a"), "root ::= \"[1,2,3\" [0-9]* \"]\"");

  generation.token_count_max = 4;
  const Heard& cut_off = AwaitEnd(Start(generation));
  generation.stop_strings = {",2"};
  const Heard& stopped = AwaitEnd(Start(generation));

  ASSERT_TRUE(cut_off.completion && stopped.completion);
  EXPECT_EQ(cut_off.completion->full_text, "[1,2");
  EXPECT_EQ(cut_off.completion->finish_reason, FinishReason::kLength);
  EXPECT_EQ(stopped.completion->full_text, "[1");
  EXPECT_EQ(stopped.completion->finish_reason, FinishReason::kStopString);
}

TEST_F(LlamaEngineTest, ConstrainsTheAnswerOfAChat) {
  TinyModel model = TinyModel::Reciting({"Hello"});
  model.chat_template = "{{ messages[0]['content'] }}>";
  Load(model);
  Generation generation = {
      .input = Chat{{{"user", "Hi"}}},
      .constraint = {.json_schema = R"({"const": "Hello"})"}};

  EXPECT_EQ(FullText(Start(generation)), "\"Hello\"");
}

TEST_F(LlamaEngineTest, RefusesAConstraintThatCannotBeHeldAndGoesOn) {
  Load(TinyModel());
  Generation generation = Greedy("a");

  EXPECT_THAT(AwaitEnd(Start(WithGrammar(generation, "root ::= root"))),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "grammar is refused: what the rule \"root\" derives "
                        "never ends"));
  generation.constraint.json_schema = R"({"not": {}})";
  EXPECT_THAT(AwaitEnd(Start(generation)),
              FailsWith(absl::StatusCode::kInvalidArgument,
                        "json_schema has an unsupported keyword \"not\""));
  EXPECT_TRUE(AwaitEnd(Start(Greedy("a"))).completion);
}

// With libllama's own reader each "x" doubles what it keeps.
TEST_F(LlamaEngineTest, IsNotHeldUpByAnAmbiguousGrammar) {
  TinyModel model;
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::ByteToken('x')},
                      {TinyModel::ByteToken('x'), TinyModel::ByteToken('x')}};
  Load(model);

  const Heard& heard =
      AwaitEnd(Start(WithGrammar(Greedy(">", 200),
                                 "root ::= \"x\" root \"y\" | \"x\" root "
                                 "\"z\" | \"!\"")));

  ASSERT_TRUE(heard.completion);
  EXPECT_EQ(heard.completion->full_text, std::string(200, 'x'));
}

TEST_F(LlamaEngineTest, RepeatsAConstrainedTextForTheSameSeedOnly) {
  Load(TinyModel());
  Generation generation =
      WithGrammar({.input = "a", .sampling = {.temperature = 2, .seed = 1}},
                  "root ::= [a-z]{30}");

  const std::string first = FullText(Start(generation));
  EXPECT_EQ(FullText(Start(generation)), first);
  generation.sampling.seed = 2;
  EXPECT_NE(FullText(Start(generation)), first);
}

// Random weights say anything; the bias brings what they say to an end.
TEST_F(LlamaEngineTest, SaysOnlyWhatASchemaAcceptsWhateverTheWeights) {
  Load(TinyModel(), /*slot_count=*/4);
  for (const std::string_view schema : kExampleSchemas) {
    std::vector<int64_t> ids;
    for (int64_t seed = 0; seed < 4; ++seed) {
      Generation generation = {
          .input = "a",
          .sampling = {.temperature = 1.5, .top_k = 0, .seed = seed},
          .constraint = {.json_schema = std::string(schema)}};
      for (const char end : {'"', ']', '}'}) {
        generation.sampling.logit_bias.push_back(
            {.token_id = TinyModel::ByteToken(end), .bias = 12});
      }
      ids.push_back(Start(std::move(generation)));
    }

    int64_t whole = 0;
    for (const int64_t id : ids) {
      const Heard& heard = AwaitEnd(id);
      ASSERT_TRUE(heard.completion) << schema << *heard.failure;
      if (heard.completion->finish_reason == FinishReason::kLength) continue;
      EXPECT_EQ(SchemaViolation(schema, heard.text()), "") << schema << "\n"
                                                           << heard.text();
      ++whole;
    }
    EXPECT_THAT(whole, Gt(0)) << schema;
  }
}

}  // namespace
}  // namespace hwledger
