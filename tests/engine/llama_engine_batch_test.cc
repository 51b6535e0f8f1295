#include <string>

#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::Ge;

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

  // One batch could hold all of it. It takes 32 tokens, 64, 128 and 256 at most,
  // and the text gets a token with each part.
  int64_t before = 0;
  Await(reading, [&](const Heard& heard) {
    if (heard.processed_tokens.empty()) before = heard_[running].token_count;
    return heard.ended();
  });
  EXPECT_THAT(heard_[running].token_count - before, Ge(4));
  EXPECT_FALSE(heard_[running].ended());
  Cancel(running);
  AwaitEnd(running);
}

}  // namespace
}  // namespace hwledger
