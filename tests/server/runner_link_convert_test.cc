#include "server/runner_link_convert.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/inference_convert.h"
#include "server/sampling_convert.h"

namespace hwledger {
namespace {

// Every field differs from its default and from its neighbours.
Sampling SamplingWithEveryField() {
  return {.temperature = 0.1,
          .top_k = 2,
          .top_p = 0.3,
          .min_p = 0.4,
          .typical_p = 0.5,
          .repetition_penalty = 0.6,
          .frequency_penalty = 0.7,
          .presence_penalty = 0.8,
          .seed = 9,
          .xtc_probability = 0.11,
          .xtc_threshold = 0.12,
          .dry_multiplier = 0.13,
          .dry_base = 1.4,
          .dry_allowed_length = 15,
          .dry_sequence_breakers = {"\n", "!"},
          .penalty_last_tokens = 16,
          .mirostat = Mirostat{.tau = 1.7, .eta = 0.18},
          .logit_bias = {{.token_id = 19, .bias = -20}, {.token_id = 21}}};
}

template <typename T>
T ThereAndBack(const T& value) {
  return FromProto(ToProto(value));
}

Generation GenerationAfterTheLink(const Generation& generation) {
  const Command command = ThereAndBack(Command{.action = Start{generation}});
  return std::get<Start>(command.action).generation;
}

TEST(RunnerLinkConvertTest, KeepsEveryEngineOption) {
  const EngineOptions options = {.sequence_length = 1,
                                 .slot_count = 2,
                                 .outputs_per_slot = 7,
                                 .kv_cache_type_k = "q8_0",
                                 .kv_cache_type_v = "q4_0",
                                 .flash_attention = FlashAttention::kOn,
                                 .micro_batch_size = 3,
                                 .gpu_layers = 4,
                                 .cpu_moe_layers = 6,
                                 .split_mode = SplitMode::kTensor,
                                 .thread_count = 5,
                                 .kv_unified = false,
                                 .swa_full = true};

  EXPECT_EQ(ThereAndBack(options), options);
}

TEST(RunnerLinkConvertTest, KeepsWhatAProjectorHolds) {
  const ProjectorUse use = {
      .name = "CUDA0", .is_host = true, .total = Bytes(1)};

  EXPECT_EQ(ThereAndBack(use), use);
}

TEST(RunnerLinkConvertTest, KeepsHowAnEngineServes) {
  const ServingOptions serving = {.prefix_cache_max = Bytes(1),
                                  .ngram_lookup = true,
                                  .draft_path = "/draft.gguf",
                                  .draft_tokens_max = 2};

  EXPECT_EQ(ThereAndBack(serving), serving);
}

TEST(RunnerLinkConvertTest, KeepsWhatAModelHolds) {
  const Ready ready = {.devices = {{.name = "CUDA0",
                                    .is_host = true,
                                    .weights = Bytes(1),
                                    .kv_cache = Bytes(2),
                                    .compute_buffer = Bytes(3),
                                    .output_buffer = Bytes(4)}},
                       .has_chat_template = true};

  EXPECT_EQ(ThereAndBack(ready), ready);
}

TEST(RunnerLinkConvertTest, KeepsADeviceWithAllThatIsKnownAndUnknown) {
  const Device known = {.name = "GPU0",
                        .description = "a maker's name",
                        .kind = DeviceKind::kIntegratedGpu,
                        .total = Bytes(1),
                        .free = Bytes(0),
                        .bandwidth_per_second = Bytes(3),
                        .flops_per_second = 5e9,
                        .quantized_flops_per_second = 6e9,
                        .unified_memory = true,
                        .core_count = 4};
  const Device unknown = {.name = "GPU1", .kind = DeviceKind::kAccelerator};

  EXPECT_EQ(ThereAndBack(known), known);
  EXPECT_EQ(ThereAndBack(unknown), unknown);
}

TEST(RunnerLinkConvertTest, KeepsAPromptAndItsLimits) {
  const Generation generation = {.input = "Once",
                                 .sampling = SamplingWithEveryField(),
                                 .token_count_max = 7,
                                 .stop_strings = {"a", "b"},
                                 .user = "ann",
                                 .truncate_prompt = true,
                                 .constraint = {.json_schema = "{}"},
                                 .top_logprobs = 0,
                                 .lora_adapters = {{"/a", 2}}};

  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(RunnerLinkConvertTest, KeepsAChatWithoutALimitOrASeed) {
  const Generation generation = {
      .input = Chat{{{"system", "Be brief."}, {"user", "Hello"}}},
      .sampling = {.mirostat = Mirostat()},
      .constraint = {.grammar = ""}};

  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(RunnerLinkConvertTest, KeepsAllOfAChatWithTools) {
  const Chat chat = {
      .messages = {{.role = "assistant",
                    .content = "I look.",
                    .tool_calls = {{"1", "time", R"({"a":1})"}},
                    .reasoning = "Hm."},
                   {.role = "tool", .content = "12:00", .tool_call_id = "1"}},
      .tools = {{"time", "Tells it.", "{}"}},
      .tool_choice = ToolChoice::kRequired,
      .tool_name = "time",
      .thinking = false};

  const Generation generation = {.input = chat};
  EXPECT_EQ(GenerationAfterTheLink(generation), generation);
}

TEST(RunnerLinkConvertTest, KeepsQuestions) {
  const auto kept = [](const Question& question) {
    return std::get<Question>(ThereAndBack(Command{1, question}).action);
  };
  const Question tokenize = TokenizeQuestion{
      .text = "a", .add_special = false, .parse_special = false};
  const Question detokenize = DetokenizeQuestion{{1, 2}};
  const Question embed =
      EmbedQuestion{{"a", "b"}, /*normalize=*/false, Pooling::kCls};
  const Question plain_embed = EmbedQuestion{{"a"}};

  EXPECT_EQ(kept(tokenize), tokenize);
  EXPECT_EQ(kept(detokenize), detokenize);
  EXPECT_EQ(kept(embed), embed);
  EXPECT_EQ(kept(plain_embed), plain_embed);
}

template <typename Part>
Part AnswerAfterTheLink(Part answer) {
  const StepEvent event = ThereAndBack(StepEvent{1, Answer(std::move(answer))});
  return std::get<Part>(std::get<Answer>(event.event));
}

TEST(RunnerLinkConvertTest, KeepsAnswers) {
  const EmbedAnswer embedded = AnswerAfterTheLink(
      EmbedAnswer{.embeddings = {{1, -2}, {3}},
                  .prompt_tokens = 4,
                  .context = {{.name = "CPU", .kv_cache = Bytes(5)}}});

  EXPECT_EQ(embedded.embeddings,
            (std::vector<std::vector<float>>{{1, -2}, {3}}));
  EXPECT_EQ(embedded.prompt_tokens, 4);
  EXPECT_EQ(embedded.context.at(0).kv_cache, Bytes(5));
  EXPECT_EQ(AnswerAfterTheLink(TokenizeAnswer{{{7, "\xff"}}}).tokens,
            (std::vector<TokenPiece>{{7, "\xff"}}));
  EXPECT_EQ(AnswerAfterTheLink(DetokenizeAnswer{"é"}).text, "é");
}

TEST(RunnerLinkConvertTest, KeepsCommands) {
  const Command cancel = ThereAndBack(Command{5, Cancel{}});
  const Command grant = ThereAndBack(Command{6, Grant{7}});
  const Command start = ThereAndBack(Command{8, Start{.credit_tokens = 9}});

  EXPECT_EQ(cancel.generation_id, 5);
  EXPECT_TRUE(std::holds_alternative<Cancel>(cancel.action));
  EXPECT_EQ(grant.generation_id, 6);
  EXPECT_EQ(std::get<Grant>(grant.action).credit_tokens, 7);
  EXPECT_EQ(std::get<Start>(start.action).credit_tokens, 9);
}

TEST(RunnerLinkConvertTest, KeepsACompletion) {
  const StepEvent event = ThereAndBack(
      StepEvent{1, Completion{.full_text = "text",
                              .reasoning = "thought",
                              .tool_calls = {{"1", "time", "{}"}},
                              .finish_reason = FinishReason::kStopString,
                              .stop_string = "stop",
                              .prompt_tokens = 2,
                              .cached_prompt_tokens = 3,
                              .completion_tokens = 4,
                              .prefill_time = absl::Milliseconds(1500),
                              .decode_time = absl::Nanoseconds(7)}});

  const Completion& completion = std::get<Completion>(event.event);
  EXPECT_EQ(event.generation_id, 1);
  EXPECT_EQ(completion.full_text, "text");
  EXPECT_EQ(completion.reasoning, "thought");
  EXPECT_EQ(completion.tool_calls,
            (std::vector<ToolCall>{{"1", "time", "{}"}}));
  EXPECT_EQ(completion.finish_reason, FinishReason::kStopString);
  EXPECT_EQ(completion.stop_string, "stop");
  EXPECT_EQ(completion.prompt_tokens, 2);
  EXPECT_EQ(completion.cached_prompt_tokens, 3);
  EXPECT_EQ(completion.completion_tokens, 4);
  EXPECT_EQ(completion.prefill_time, absl::Milliseconds(1500));
  EXPECT_EQ(completion.decode_time, absl::Nanoseconds(7));
}

TEST(RunnerLinkConvertTest, KeepsTheEventsBeforeTheLast) {
  const StepEvent queued = ThereAndBack(StepEvent{1, Queued{2}});
  const StepEvent progress =
      ThereAndBack(StepEvent{3, PromptProgress{4, 5, 6}});
  const std::vector<TokenLogprob> logprobs = {
      {.token_id = 9,
       .piece = "\xC3",
       .logprob = -1.5,
       .top = {{.token_id = 10, .piece = "a", .logprob = -0.25}}}};
  const StepEvent token = ThereAndBack(StepEvent{7, Token{"é", 8, logprobs}});

  EXPECT_EQ(std::get<Queued>(queued.event).position, 2);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).processed_tokens, 4);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).total_tokens, 5);
  EXPECT_EQ(std::get<PromptProgress>(progress.event).cached_tokens, 6);
  EXPECT_EQ(std::get<Token>(token.event).text, "é");
  EXPECT_EQ(std::get<Token>(token.event).token_count, 8);
  EXPECT_EQ(std::get<Token>(token.event).logprobs, logprobs);

  const StepEvent reasoning = ThereAndBack(StepEvent{1, Reasoning{"Hm", 2}});
  const ToolCall call = {"1", "time", R"({"a":{"b":[1,"x",null]}})"};
  EXPECT_EQ(std::get<Reasoning>(reasoning.event).text, "Hm");
  EXPECT_EQ(std::get<Reasoning>(reasoning.event).token_count, 2);
  EXPECT_EQ(std::get<ToolCall>(ThereAndBack(StepEvent{1, call}).event), call);
}

TEST(RunnerLinkConvertTest, KeepsAFailure) {
  const StepEvent event = ThereAndBack(
      StepEvent{1, absl::ResourceExhaustedError("the context is full")});

  EXPECT_EQ(std::get<absl::Status>(event.event),
            absl::ResourceExhaustedError("the context is full"));
}

TEST(RunnerLinkConvertTest, LeavesAbsentWhatAPublicRequestLeavesUnset) {
  EXPECT_EQ(FromProto(v1::Sampling()), Sampling());
}

}  // namespace
}  // namespace hwledger
