#include "core/planner/explanation.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/planner/kv_cache.h"
#include "core/planner/model_share.h"

namespace hwledger {
namespace {

// "1 layer", "32 layers".
std::string Counted(int64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

void AddTerm(Term term, std::vector<Term>& terms) {
  if (term.size > Bytes()) terms.push_back(std::move(term));
}

void ExplainWeights(const ModelShape& model, const MemoryPlan& plan,
                    std::vector<Term>& terms) {
  Bytes rest;
  for (const DevicePlan& device : plan.devices) rest += device.weights;
  const auto add = [&](std::string name, std::string formula, Bytes size) {
    rest = rest - size;
    AddTerm(
        {.name = std::move(name), .formula = std::move(formula), .size = size},
        terms);
  };
  add("token embedding and inputs",
      absl::StrFormat("of them %d tokens · %d elements: %d B",
                      model.vocabulary_size, model.embedding_elements,
                      model.embedding_weights.count()),
      model.input_weights);
  std::map<Bytes, int64_t> layers;
  for (const Layer& layer : model.layers) ++layers[layer.weights];
  for (const auto& [size, count] : layers) {
    add(absl::StrCat("weights of ", Counted(count, "layer")),
        absl::StrCat(Counted(count, "layer"), " · ", size.count(), " B"),
        count * size);
  }
  add("output layer", "its tensors", model.output_weights);
  AddTerm({.name = "held more than once",
           .formula = model.tied_embedding
                          ? "a tied embedding beside its copy for the output, "
                            "and tables on each device"
                          : "tables on each device",
           .size = rest},
          terms);
}

// "8192 cells", "2 streams · 8192 cells", "1536 cells (window …)".
std::string CellsText(const Layer& layer, const CacheLayout& layout) {
  const int64_t cells = CellsPerStream(layer, layout);
  std::string text;
  if (layout.stream_count > 1) {
    text = absl::StrCat(Counted(layout.stream_count, "stream"), " · ");
  }
  absl::StrAppend(&text, cells, " cells");
  if (layer.window_tokens > 0 && !layout.swa_full &&
      cells < layout.cells_per_stream) {
    absl::StrAppendFormat(
        &text, " (window %d · %s + micro-batch %d, in 256s)",
        layer.window_tokens,
        Counted(layout.slot_count / layout.stream_count, "sequence"),
        layout.micro_batch_size);
  }
  return text;
}

void ExplainCache(const ModelShape& model, const CacheLayout& layout,
                  std::vector<Term>& terms) {
  for (const LayerGroup& group : GroupsOf(model)) {
    const Layer& layer = *group.layer;
    const std::string layers = Counted(group.layer_count, "layer");
    AddTerm({.part = PlanPart::kKvCache,
             .name = absl::StrCat("keys and values of ", layers),
             .formula = absl::StrFormat(
                 "%s · %s · (%d keys + %d values: %d B as %s and %s)", layers,
                 CellsText(layer, layout), layer.key_elements,
                 layer.value_elements, CellSize(layer, layout).count(),
                 absl::AsciiStrToLower(layout.key_type->name),
                 absl::AsciiStrToLower(layout.value_type->name)),
             .size = group.layer_count * KeyValueCache(layer, layout)},
            terms);
    AddTerm({.part = PlanPart::kKvCache,
             .name = absl::StrCat("states of ", layers),
             .formula = absl::StrFormat("%s · %s · %d elements · 4 B", layers,
                                        Counted(layout.slot_count, "sequence"),
                                        layer.state_elements),
             .size = group.layer_count * RecurrentState(layer, layout)},
            terms);
  }
}

void ExplainOverhead(const ModelShape& model, const EngineOptions& options,
                     const MemoryPlan& plan, std::vector<Term>& terms) {
  for (const DevicePlan& device : plan.devices) {
    const auto name = [&device](std::string_view what) {
      return absl::StrCat(what, " on ", device.device.name);
    };
    AddTerm({.part = PlanPart::kRuntimeOverhead,
             .name = name("compute buffer"),
             .formula =
                 plan.method == PredictionMethod::kDryRun
                     ? "the engine's own plan of a pass"
                     : absl::StrFormat("4 B · %d tokens of a micro-batch · the "
                                       "widest stage, and masks over the cells",
                                       PassOf(options).token_count),
             .size = device.compute_buffer},
            terms);
    AddTerm({.part = PlanPart::kRuntimeOverhead,
             .name = name("output buffer"),
             .formula = absl::StrFormat(
                 "%s · %d tokens of the vocabulary · 4 B",
                 Counted(options.slot_count, "output"), model.vocabulary_size),
             .size = device.output_buffer},
            terms);
    AddTerm({.part = PlanPart::kRuntimeOverhead,
             .name = name("driver and back-end"),
             .formula = "taken before anything is loaded",
             .size = device.backend_context},
            terms);
  }
}

}  // namespace

std::vector<Term> Explain(const ModelShape& model, const EngineOptions& options,
                          const MemoryPlan& plan) {
  std::vector<Term> terms;
  ExplainWeights(model, plan, terms);
  ExplainCache(model, CacheLayoutOf(options), terms);
  ExplainOverhead(model, options, plan, terms);
  return terms;
}

}  // namespace hwledger
