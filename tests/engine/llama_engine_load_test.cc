#include <vector>

#include "tests/engine/llama_engine_fixture.h"

namespace hwledger {
namespace {

using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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
