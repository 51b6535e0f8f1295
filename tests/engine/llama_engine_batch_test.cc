#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

// Says "on" for ever.
TinyModel Endless() {
  TinyModel model = {.words = {"on"}};
  model.successors = {{TinyModel::ByteToken('>'), TinyModel::WordToken(0)},
                      {TinyModel::WordToken(0), TinyModel::WordToken(0)}};
  return model;
}

TEST_F(LlamaEngineTest, ReadsALongPromptInSmallPartsWhileATextGoesOn) {
  Load(Endless(), {.sequence_length = 4096, .slot_count = 2});
  const int64_t running = Start(Greedy(">", 4000));
  Await(running, [](const Heard& heard) { return heard.token_count > 0; });

  Start(Greedy(std::string(460, 'x') + ">", 1));

  // One batch could hold all of it. It takes 32 tokens, 64, 128 and the rest at
  // the fastest, and the text gets a token with each part.
  bool is_reading = false;
  bool ended = false;
  int64_t tokens = 0;
  while (!ended) {
    for (const StepEvent& event : engine_.WaitForEvents()) {
      if (event.generation_id == running) {
        tokens += is_reading && !ended ? 1 : 0;
      } else {
        is_reading |= std::holds_alternative<PromptProgress>(event.event);
        ended |= std::holds_alternative<Completion>(event.event);
      }
    }
  }
  EXPECT_GE(tokens, 3);
}

// On the CPU. A shared cache sums up over the cells of a sequence in the order
// in which they happened to be free; and with several threads libllama's flash
// attention computes a single token in another way than several.
const EngineOptions kExact = {.sequence_length = 512,
                              .slot_count = 8,
                              .flash_attention = FlashAttention::kOff,
                              .thread_count = 2,
                              .kv_unified = false};
const EngineOptions kExactOnOneThread = {
    .sequence_length = 512, .slot_count = 8, .kv_unified = false};

class NeighboursTest : public LlamaEngineTest,
                       public testing::WithParamInterface<EngineOptions> {
 protected:
  static Generation Seeded(int64_t number) {
    return {.input = std::string(static_cast<size_t>(40 * number + 1), 'x'),
            .sampling = {.temperature = 1.5, .top_k = 0, .seed = number},
            .token_count_max = 100,
            .user = absl::StrCat(number)};
  }
};

TEST_P(NeighboursTest, DoNotChangeWhatASeedGives) {
  const TinyModel model;
  ASSERT_THAT(engine_.Load(model.Write(absl::StrCat("neighbours_",
                                                    GetParam().thread_count)),
                           GetParam(), [](double) { return true; }),
              IsOk());
  std::vector<std::string> alone;
  for (int64_t i = 0; i < 8; ++i) alone.push_back(FullText(Start(Seeded(i))));

  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 8; ++i) ids.push_back(Start(Seeded(i)));

  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(FullText(ids[i]), alone[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Options, NeighboursTest,
                         testing::Values(kExact, kExactOnOneThread),
                         [](const auto& options) {
                           return absl::StrCat(options.param.thread_count,
                                               "Threads");
                         });

// Where the CPU has AMX, ggml reads beyond weights that several sequences of
// recurrent layers share, if they are laid out for it.
TEST_F(LlamaEngineTest, ReadsPromptsOfARecurrentModelTogether) {
  Load({.architecture = "jamba", .quantized = true},
       {.sequence_length = 256, .slot_count = 4, .thread_count = 2});
  const auto prompt = [](int64_t number) {
    return Greedy(std::string(32, static_cast<char>('a' + number)), 1);
  };
  std::vector<std::string> alone;
  for (int64_t i = 0; i < 4; ++i) alone.push_back(FullText(Start(prompt(i))));

  std::vector<int64_t> ids;
  for (int64_t i = 0; i < 4; ++i) ids.push_back(Start(prompt(i)));

  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(FullText(ids[i]), alone[i]) << i;
  }
}

}  // namespace
}  // namespace hwledger
