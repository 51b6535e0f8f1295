#include <random>

#include "absl/strings/str_cat.h"
#include "ggml-cpp.h"
#include "ggml.h"
#include "gguf.h"
#include "tests/engine/llama_engine_fixture.h"
#include "tests/temporary_folder.h"

namespace hwledger {
namespace {

// An adapter of the last matrix of a TinyModel without words: another one for
// each seed. Returns its path.
std::string WriteAdapter(const std::string& name, unsigned seed) {
  constexpr int64_t kRank = 4;
  const ggml_context_ptr ggml(ggml_init({.mem_size = size_t{1} << 20}));
  const gguf_context_ptr gguf(gguf_init_empty());
  std::mt19937 random(seed);
  std::normal_distribution<float> noise(0, 1);
  const auto add = [&](const char* tensor_name, int64_t columns, int64_t rows) {
    ggml_tensor* tensor =
        ggml_new_tensor_2d(ggml.get(), GGML_TYPE_F32, columns, rows);
    ggml_set_name(tensor, tensor_name);
    float* values = ggml_get_data_f32(tensor);
    for (int64_t i = 0; i < columns * rows; ++i) values[i] = noise(random);
    gguf_add_tensor(gguf.get(), tensor);
  };
  gguf_set_val_str(gguf.get(), "general.type", "adapter");
  gguf_set_val_str(gguf.get(), "general.architecture", "llama");
  gguf_set_val_str(gguf.get(), "adapter.type", "lora");
  gguf_set_val_f32(gguf.get(), "adapter.lora.alpha", kRank);
  add("output.weight.lora_a", 64, kRank);
  add("output.weight.lora_b", kRank, TinyModel::WordToken(0));
  const std::string path = TestFile(absl::StrCat(name, ".gguf"));
  EXPECT_TRUE(gguf_write_to_file(gguf.get(), path.c_str(), false));
  return path;
}

class LlamaEngineAdapterTest : public LlamaEngineTest {
 protected:
  void LoadWithAdapters(std::vector<AdapterScale> adapters,
                        int64_t slot_count = 1) {
    const testing::TestInfo* test =
        testing::UnitTest::GetInstance()->current_test_info();
    ASSERT_THAT(engine_.Load(
                    TinyModel().Write(test->name()),
                    {.sequence_length = 256, .slot_count = slot_count},
                    [](double) { return true; }, {}, std::move(adapters)),
                IsOk());
  }
  static Generation Adapted(std::vector<AdapterScale> adapters) {
    Generation generation = Greedy("abc", 60);
    generation.lora_adapters = std::move(adapters);
    return generation;
  }
};

TEST_F(LlamaEngineAdapterTest, AppliesThemAsLoadedOrAsAsked) {
  const std::string a = WriteAdapter("adapter_a", 1);
  const std::string b = WriteAdapter("adapter_b", 2);
  LoadWithAdapters({{a, 1}, {b, 0}});

  const std::string as_loaded = FullText(Start(Adapted({})));
  const std::string only_a = FullText(Start(Adapted({{a, 1}})));
  const std::string only_b = FullText(Start(Adapted({{b, 1}})));
  const std::string none = FullText(Start(Adapted({{a, 0}})));

  EXPECT_EQ(as_loaded, only_a);
  EXPECT_NE(only_a, only_b);
  EXPECT_NE(only_a, none);
  LlamaEngine plain;
  ASSERT_THAT(plain.Load(TinyModel().Write("plain"), {.sequence_length = 256},
                         [](double) { return true; }),
              IsOk());
  plain.Submit({1, hwledger::Start{Greedy("abc", 60), kPlenty}});
  std::optional<Completion> completion;
  while (!completion) {
    for (StepEvent& event : plain.WaitForEvents()) {
      if (auto* end = std::get_if<Completion>(&event.event)) completion = *end;
    }
  }
  EXPECT_EQ(none, completion->full_text);
}

TEST_F(LlamaEngineAdapterTest, KeepsGenerationsWithOtherScalesApart) {
  const std::string a = WriteAdapter("adapter_a", 1);
  LoadWithAdapters({{a, 1}}, /*slot_count=*/4);
  const std::string with = FullText(Start(Adapted({})));
  const std::string without = FullText(Start(Adapted({{a, 0}})));

  const int64_t first = Start(Adapted({}));
  const int64_t second = Start(Adapted({{a, 0}}));
  const int64_t third = Start(Adapted({}));

  EXPECT_EQ(FullText(first), with);
  EXPECT_EQ(FullText(second), without);
  EXPECT_EQ(FullText(third), with);
}

TEST_F(LlamaEngineAdapterTest, UsesWhatIsCachedOnlyWithTheSameScales) {
  const std::string a = WriteAdapter("adapter_a", 1);
  LoadWithAdapters({{a, 1}});
  AwaitEnd(Start(Adapted({})));

  EXPECT_EQ(
      AwaitEnd(Start(Adapted({{a, 0.5}}))).completion->cached_prompt_tokens, 0);
  AwaitEnd(Start(Adapted({})));
  EXPECT_GT(AwaitEnd(Start(Adapted({{a, 1}}))).completion->cached_prompt_tokens,
            0);
}

TEST_F(LlamaEngineAdapterTest, SaysTheSameWithDrafts) {
  const std::string a = WriteAdapter("adapter_a", 1);
  LoadWithAdapters({{a, 1}}, /*slot_count=*/4);
  const std::string with = FullText(Start(Adapted({})));
  const std::string without = FullText(Start(Adapted({{a, 0}})));
  LlamaEngine drafting;
  ASSERT_THAT(drafting.Load(TinyModel().Write("drafting"),
                            {.sequence_length = 256, .slot_count = 4},
                            [](double) { return true; }, {.ngram_lookup = true},
                            {{a, 1}}),
              IsOk());
  for (int64_t id = 0; id < 4; ++id) {
    const double scale = id % 2 == 0 ? 1 : 0;
    drafting.Submit({id, hwledger::Start{Adapted({{a, scale}}), kPlenty}});
  }

  int64_t draft_tokens = 0;
  for (int ended = 0; ended < 4;) {
    for (StepEvent& event : drafting.WaitForEvents()) {
      const auto* end = std::get_if<Completion>(&event.event);
      if (end == nullptr) continue;
      ++ended;
      draft_tokens += end->draft_tokens;
      EXPECT_EQ(end->full_text, event.generation_id % 2 == 0 ? with : without);
    }
  }
  EXPECT_GT(draft_tokens, 0);
}

TEST_F(LlamaEngineAdapterTest, RefusesAnAdapterThatIsNotLoaded) {
  LoadWithAdapters({});

  EXPECT_THAT(AwaitEnd(Start(Adapted({{"/other.gguf"}}))),
              FailsWith(absl::StatusCode::kInvalidArgument, "/other.gguf"));
}

TEST_F(LlamaEngineAdapterTest, TellsWhichAdapterCannotBeLoaded) {
  const std::string model = TinyModel().Write("no_adapter");

  EXPECT_THAT(engine_.Load(model, {.sequence_length = 256},
                           [](double) { return true; }, {}, {{model, 1}}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::HasSubstr("no_adapter.gguf")));
}

}  // namespace
}  // namespace hwledger
