#include "core/planner/explanation.h"

#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/planner/kv_cache.h"
#include "core/planner/layer_kinds.h"
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

std::string NameOf(const AdditionPlan& addition) {
  switch (addition.kind) {
    case AdditionKind::kProjector:
      return absl::StrCat("projector ", addition.model_id);
    case AdditionKind::kLoraAdapter:
      return absl::StrCat("LoRA adapter ", addition.model_id);
    case AdditionKind::kDraftModel:
      return absl::StrCat("draft model ", addition.model_id);
  }
  return addition.model_id;
}

// What each device of `plan` holds for the model itself.
std::vector<DevicePlan> OfModelAlone(const MemoryPlan& plan) {
  std::vector<DevicePlan> devices = plan.devices;
  for (const AdditionPlan& addition : plan.additions) {
    for (size_t i = 0; i < devices.size(); ++i) {
      devices[i].Subtract(addition.devices[i]);
    }
  }
  return devices;
}

void ExplainWeights(const ModelShape& model,
                    const std::vector<DevicePlan>& devices,
                    std::vector<Term>& terms) {
  Bytes rest;
  for (const DevicePlan& device : devices) rest += device.weights;
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
  AddTerm({.name = "copies and layouts",
           .formula = absl::StrCat(model.tied_embedding
                                       ? "a tied embedding beside its copy for "
                                         "the output, "
                                       : "",
                                   "tables on each device, and what a CPU's "
                                   "own layout adds"),
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

std::string IndexText(const Layer& layer) {
  if (layer.index_elements == 0) return "";
  return absl::StrCat(" + ", layer.index_elements, " keys of the indexer");
}

void ExplainCache(const ModelShape& model, const CacheLayout& layout,
                  std::vector<Term>& terms) {
  for (const LayerGroup& group : GroupsOf(model, KindsOf(model.layers))) {
    const Layer& layer = *group.layer;
    const std::string layers = Counted(group.layer_count, "layer");
    AddTerm(
        {.part = PlanPart::kKvCache,
         .name = absl::StrCat("keys and values of ", layers),
         .formula = absl::StrFormat(
             "%s · %s · (%d keys + %d values%s: %d B as %s and %s)", layers,
             CellsText(layer, layout), layer.key_elements, layer.value_elements,
             IndexText(layer), CellSize(layer, layout).count(),
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

// The widest moment, which the buffer was made for, told by its result.
std::string ComputeText(Bytes buffer, const Pass& pass) {
  return absl::StrFormat(
      "4 B · %d tokens of a micro-batch · %d elements: the widest stage, and "
      "masks over %s",
      pass.token_count, buffer / (pass.token_count * Bytes(sizeof(float))),
      pass.layout.stream_count > 1
          ? absl::StrCat(Counted(pass.layout.stream_count, "stream"), " of ",
                         pass.layout.cells_per_stream, " cells")
          : absl::StrCat(pass.layout.cells_per_stream, " cells"));
}

void ExplainOverhead(const ModelShape& model, const EngineOptions& options,
                     const std::vector<DevicePlan>& devices,
                     PredictionMethod method, std::vector<Term>& terms) {
  const Pass pass = PassOf(options);
  for (const DevicePlan& device : devices) {
    const auto name = [&device](std::string_view what) {
      return absl::StrCat(what, " on ", device.device.name);
    };
    AddTerm({.part = PlanPart::kRuntimeOverhead,
             .name = name("compute buffer"),
             .formula = method == PredictionMethod::kDryRun
                            ? "the engine's own plan of a pass"
                            : ComputeText(device.compute_buffer, pass),
             .size = device.compute_buffer},
            terms);
    AddTerm(
        {.part = PlanPart::kRuntimeOverhead,
         .name = name("output buffer"),
         .formula = absl::StrFormat("%s · %d tokens of the vocabulary · 4 B",
                                    Counted(pass.kept_output_count, "output"),
                                    model.vocabulary_size),
         .size = device.output_buffer},
        terms);
    AddTerm({.part = PlanPart::kRuntimeOverhead,
             .name = name("driver and back-end"),
             .formula = "taken before anything is loaded",
             .size = device.backend_context},
            terms);
  }
}

// What an addition needs on each device; how, its own plan would tell.
void ExplainAddition(const AdditionPlan& addition, const MemoryPlan& plan,
                     std::vector<Term>& terms) {
  for (size_t i = 0; i < plan.devices.size(); ++i) {
    const DevicePlan& share = addition.devices[i];
    const auto add = [&](PlanPart part, std::string_view what, Bytes size) {
      AddTerm(
          {.part = part,
           .name = NameOf(addition),
           .formula = absl::StrCat(what, " on ", plan.devices[i].device.name),
           .size = size},
          terms);
    };
    add(PlanPart::kWeights, "its tensors", share.weights);
    add(PlanPart::kKvCache, "keys, values and states", share.kv_cache);
    add(PlanPart::kRuntimeOverhead, "its own compute buffer",
        share.compute_buffer);
    add(PlanPart::kRuntimeOverhead, "its own output buffer",
        share.output_buffer);
  }
}

}  // namespace

std::vector<Term> Explain(const ModelShape& model, const EngineOptions& options,
                          const MemoryPlan& plan) {
  const std::vector<DevicePlan> devices = OfModelAlone(plan);
  std::vector<Term> terms;
  ExplainWeights(model, devices, terms);
  ExplainCache(model, CacheLayoutOf(options), terms);
  ExplainOverhead(model, options, devices, plan.method, terms);
  for (const AdditionPlan& addition : plan.additions) {
    ExplainAddition(addition, plan, terms);
  }
  return terms;
}

}  // namespace hwledger
