#include <string>

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

  const int64_t reading = Start(Greedy(std::string(460, 'x') + ">", 1));

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

}  // namespace
}  // namespace hwledger
