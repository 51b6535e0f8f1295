// The engine against the shortest loop that uses libllama in the same way, on a
// model of a million parameters, where every microsecond shows. Run
// with GOMP_SPINCOUNT=5000 OMP_NUM_THREADS=1 on a quiet machine and compare
// items_per_second; on a busy one, what a token takes of the CPU.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>
#include <variant>
#include <vector>

#include "core/engine/libllama.h"
#include "core/engine/llama_engine.h"
#include "core/engine/llama_params.h"
#include "core/engine/sampler.h"
#include "core/model/gguf.h"
#include "llama-cpp.h"
#include "tests/engine/tiny_model.h"

namespace hwledger {
namespace {

constexpr int64_t kTokens = 400;

const std::string& MillionParameters() {
  static const std::string path =
      TinyModel{.layer_count = 4, .embedding_elements = 128, .head_count = 2}
          .Write("million_parameters");
  return path;
}

// What the benchmarks are run with.
struct Arguments {
  explicit Arguments(const benchmark::State& state)
      : sampling{.temperature = state.range(0) == 0 ? 0 : 0.8, .seed = 1},
        streams(state.range(1)),
        options{.sequence_length = 512,
                .slot_count = streams,
                .kv_unified = state.range(2) != 0} {}

  Sampling sampling;
  int64_t streams;
  EngineOptions options;
};

void BM_BareLoop(benchmark::State& state) {
  const Arguments arguments(state);
  const auto streams = static_cast<int32_t>(arguments.streams);
  const llama_model_ptr model(llama_model_load_from_file(
      MillionParameters().c_str(),
      ModelParams(arguments.options, HostExperts(arguments.options),
                  *ReadGguf(MillionParameters()))));
  const llama_context_ptr context(
      llama_init_from_model(model.get(), ContextParams(arguments.options)));
  const llama_vocab* vocab = llama_model_get_vocab(model.get());
  llama_batch batch = llama_batch_init(streams, 0, 1);
  batch.n_tokens = streams;
  char piece[64];
  for (auto _ : state) {
    llama_memory_clear(llama_get_memory(context.get()), false);
    std::vector<Sampler> samplers;
    std::vector<std::string> texts(static_cast<size_t>(streams));
    for (int32_t i = 0; i < streams; ++i) {
      samplers.emplace_back(
          Sampler::Options{.values = Resolve(arguments.sampling, {}),
                           .context_tokens = 512},
          vocab);
      batch.token[i] = TinyModel::kBegin;
      batch.n_seq_id[i] = 1;
      batch.seq_id[i][0] = i;
      batch.logits[i] = 1;
    }
    for (int32_t position = 0; position < kTokens; ++position) {
      std::fill_n(batch.pos, streams, position);
      llama_decode(context.get(), batch);
      for (int32_t i = 0; i < streams; ++i) {
        const auto stream = static_cast<size_t>(i);
        batch.token[i] = samplers[stream].Choose(context.get(), i);
        const int32_t length = llama_token_to_piece(
            vocab, batch.token[i], piece, sizeof(piece), 0, false);
        texts[stream].append(piece, static_cast<size_t>(length));
      }
    }
    benchmark::DoNotOptimize(texts);
  }
  state.SetItemsProcessed(state.iterations() * kTokens * streams);
  llama_batch_free(batch);
}

void BM_Engine(benchmark::State& state) {
  const Arguments arguments(state);
  LlamaEngine engine;
  const auto ready = engine.Load(MillionParameters(), arguments.options,
                                 [](double) { return true; });
  if (!ready.ok()) return state.SkipWithError("cannot load");
  int64_t generated = 0;
  for (auto _ : state) {
    for (int64_t id = 0; id < arguments.streams; ++id) {
      engine.Submit({id, Start{.generation = {.input = "",
                                              .sampling = arguments.sampling,
                                              .token_count_max = kTokens},
                               .credit_tokens = kTokens}});
    }
    for (int64_t ended = 0; ended < arguments.streams;) {
      for (const StepEvent& event : engine.WaitForEvents()) {
        const auto* completion = std::get_if<Completion>(&event.event);
        if (completion == nullptr) continue;
        generated += completion->completion_tokens;
        ++ended;
      }
    }
  }
  state.SetItemsProcessed(generated);
}

void Configure(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"sampled", "streams", "unified"})
      ->Args({0, 1, 1})
      ->Args({0, 1, 0})
      ->Args({0, 8, 1})
      ->Args({0, 8, 0})
      ->MeasureProcessCPUTime()
      ->UseRealTime();
}
BENCHMARK(BM_BareLoop)->Apply(Configure);
BENCHMARK(BM_Engine)->Apply(Configure);

// How much of the CPU passes at most before a running text gets its next token
// while a long prompt is read, and how fast that is. `beside`: whether there is
// such a text.
void BM_LongPrompt(benchmark::State& state) {
  constexpr int64_t kPromptTokens = 1500;
  const bool beside = state.range(0) != 0;
  LlamaEngine engine;
  const auto ready = engine.Load(
      MillionParameters(), {.sequence_length = 2048, .slot_count = 2},
      [](double) { return true; }, {.prefix_cache_max = Bytes()});
  if (!ready.ok()) return state.SkipWithError("cannot load");
  int64_t id = 0;
  double longest_gap = 0;
  for (auto _ : state) {
    const int64_t running = ++id;
    const int64_t reading = ++id;
    if (beside) {
      engine.Submit(
          {running, Start{.generation = {.input = "a", .sampling = {.seed = 1}},
                          .credit_tokens = 2000}});
      while (
          !std::holds_alternative<Token>(engine.WaitForEvents().back().event)) {
      }
    }
    engine.Submit({reading, Start{.generation = {.input = std::string(
                                                     kPromptTokens - 1, 'a'),
                                                 .token_count_max = 1,
                                                 .user = std::to_string(id)},
                                  .credit_tokens = 1}});
    std::clock_t last = std::clock();
    for (bool read = false; !read;) {
      for (const StepEvent& event : engine.WaitForEvents()) {
        if (event.generation_id == running) {
          const std::clock_t now = std::clock();
          longest_gap =
              std::max(longest_gap, static_cast<double>(now - last) /
                                        static_cast<double>(CLOCKS_PER_SEC));
          last = now;
        }
        read |= event.generation_id == reading &&
                std::holds_alternative<Completion>(event.event);
      }
    }
    state.PauseTiming();
    engine.Submit({running, Cancel{}});
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kPromptTokens);
  state.counters["longest_gap_ms"] = 1000 * longest_gap;
}
BENCHMARK(BM_LongPrompt)
    ->ArgName("beside")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

const std::string& Repeating() {
  static const std::string path =
      TinyModel{
          .words = {"on"},
          .successors = {{TinyModel::kBegin, TinyModel::WordToken(0)},
                         {TinyModel::WordToken(0), TinyModel::WordToken(0)}},
          .layer_count = 4,
          .embedding_elements = 128,
          .head_count = 2}
          .Write("repeating");
  return path;
}

// A text that repeats itself, with and without n-gram lookup.
void BM_Lookup(benchmark::State& state) {
  LlamaEngine engine;
  const auto ready = engine.Load(Repeating(), {.sequence_length = 512},
                                 [](double) { return true; },
                                 {.ngram_lookup = state.range(0) != 0});
  if (!ready.ok()) return state.SkipWithError("cannot load");
  int64_t generated = 0;
  for (auto _ : state) {
    engine.Submit({1, Start{.generation = {.input = "",
                                           .sampling = {.temperature = 0},
                                           .token_count_max = kTokens},
                            .credit_tokens = kTokens}});
    for (bool ended = false; !ended;) {
      for (const StepEvent& event : engine.WaitForEvents()) {
        const auto* completion = std::get_if<Completion>(&event.event);
        if (completion == nullptr) continue;
        generated += completion->completion_tokens;
        state.counters["accepted"] =
            static_cast<double>(completion->accepted_draft_tokens) /
            static_cast<double>(std::max<int64_t>(completion->draft_tokens, 1));
        ended = true;
      }
    }
  }
  state.SetItemsProcessed(generated);
}
BENCHMARK(BM_Lookup)
    ->ArgName("lookup")
    ->Arg(0)
    ->Arg(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace hwledger

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  hwledger::StartLibllama(hwledger::LibllamaLog::kErrors);
  benchmark::RunSpecifiedBenchmarks();
}
